import { expect, test, vi } from "vitest";

import { EditorStore } from "../src/document/store";
import { COMMANDS, keysOf, press, type Context } from "../src/view/commands";
import type { Stage } from "../src/view/stage";
import { Ui } from "../src/view/ui";
import { CATALOG, LINE } from "./small";

const stage = { reveal: vi.fn(), keepFocus: (change: () => void) => change() } as unknown as Stage;
const context = (): Context => ({ store: new EditorStore(LINE, { catalog: CATALOG }), ui: new Ui(), stage });
const key = (key: string, more: Partial<KeyboardEvent> = {}) => keysOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

test("keys are written as people do", () => {
  expect([key("z", { ctrlKey: true }), key("Z", { metaKey: true, shiftKey: true }), key("?", { shiftKey: true }), key("ArrowLeft"), key(" ", { shiftKey: true })]).toEqual([
    "Ctrl+Z",
    "Ctrl+Shift+Z",
    "?",
    "Left",
    "Shift+Space",
  ]);
});

test("no two commands have one key", () => {
  const all = COMMANDS.flatMap((command) => command.keys.split(" ").filter(Boolean));
  expect(all.length).toBe(new Set(all).size);
});

test("Delete takes a node out and joins what was around it; one undo brings it back", () => {
  const here = context();
  here.store.select(["filter"]);
  expect(press("Delete", here)).toBe(true);
  expect(here.store.flow.edges).toEqual([{ source: "file", target: "table" }]);
  expect(press("Ctrl+Z", here)).toBe(true);
  expect(here.store.flow).toEqual(LINE);
});

test("arrows move what is selected, and a burst of them is one step", () => {
  const here = context();
  here.store.select(["file"]);
  press("Right", here);
  press("Shift+Down", here);
  expect(here.store.flow.nodes?.[0]?.position).toEqual([10, 50]);
  here.store.undo();
  expect(here.store.flow).toEqual(LINE);
});

test("with Ctrl the arrows go along the wires and through the columns", () => {
  const here = context();
  const gone = ["Ctrl+Down", "Ctrl+Right", "Ctrl+Right", "Ctrl+Right", "Ctrl+Left", "Ctrl+Up"].map((keys) => {
    press(keys, here);
    return here.store.selectedNodes.join();
  });
  expect(gone).toEqual(["file", "filter", "table", "table", "filter", "file"]);
});

test("where a flow is only read, keys that change it mean nothing", () => {
  const here = context();
  here.store.set({ readonly: true });
  here.store.select(["filter"]);
  expect(["Delete", "A", "Ctrl+D", "Ctrl+Z", "F2"].map((keys) => press(keys, here))).toEqual([false, false, false, false, false]);
});

test.each([
  [["filter"], "Remove filter"],
  [["file", "filter"], "Remove 2 nodes"],
  [["file>filter.rows"], "Remove the wire from file to filter"],
  [["file>filter.rows", "filter>table.rows"], "Remove 2 wires"],
  [["note"], "Remove a note"],
  [["note", "file>filter.rows"], "Remove a wire and a note"],
])("what is removed is said: %s", (selected, said) => {
  const here = context();
  here.store.edit("Add a note", (graph) => ({ ...graph, notes: [{ id: "note", text: "", position: [0, 0] }] }));
  here.store.select(selected);
  press("Delete", here);
  expect([here.store.history.undoable, here.store.told.text]).toEqual([said, `${said.replace("Remove", "Removed")}.`]);
});
