// @vitest-environment node
import { expect, test, vi } from "vitest";

import { EditorStore } from "../src/document/store";
import { freeRoom } from "../src/document/spots";
import { duplicate, pasteText } from "../src/view/actions";
import * as arrange from "../src/view/arrange";
import { Ui } from "../src/view/ui";
import { CATALOG, LINE } from "./small";

const open = (...selected: string[]): EditorStore => {
  const store = new EditorStore(LINE, { catalog: CATALOG });
  store.select(selected);
  return store;
};
const placeOf = (store: EditorStore, id: string) => store.places.get(id) ?? [NaN, NaN];

test("a copy reads what the original reads, and hides nothing", () => {
  const store = open("filter");

  duplicate(store);

  expect(store.flow.edges).toEqual([...(LINE.edges ?? []), { source: "file", target: "filter_2" }]);
  expect(placeOf(store, "filter_2")).toEqual([330, 110]);
  expect([store.told.text, store.history.undoable, store.selectedNodes]).toEqual(["Duplicated 1 node.", "Duplicate 1 node", ["filter_2"]]);
});

test("copies of several keep the wires between them, and are one step", () => {
  const store = open("file", "filter");

  duplicate(store);

  expect(store.flow.edges?.slice(2)).toEqual([{ source: "file_2", target: "filter_2" }]);
  store.undo();
  expect(store.flow).toEqual(LINE);
});

test("pasted twice at one place, the second stands below the first", () => {
  const store = open();
  const text = JSON.stringify({ nodes: [{ id: "one", kind: "tables.filter" }] });

  pasteText(store, text, [0, 400]);
  pasteText(store, text, [0, 400]);

  expect([placeOf(store, "one"), placeOf(store, "filter_2")]).toEqual([[0, 400], [0, 480]]);
});

test("a note goes to where it hides no node", () => {
  const store = open();

  arrange.note(store, new Ui(), [10, 10]);

  expect(store.flow.notes?.[0]?.position).toEqual([10, 60]);
});

test("room is looked for above as well as below", () => {
  expect(freeRoom([{ at: [0, 0], size: [100, 200] }], [0, -80], [50, 100])).toEqual([0, -100]);
});

test("a new group asks for its title", () => {
  const [store, ui] = [open("file", "filter"), new Ui()];
  const told = vi.fn();
  ui.subscribe(told);

  arrange.group(store, ui);

  expect([ui.editing, told.mock.calls.length]).toEqual(["group", 1]);
});
