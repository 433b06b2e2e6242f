// @vitest-environment node
import { expect, test } from "vitest";

import { addNode, moveTo, removeNodes } from "../src/document/nodes";
import { EditorStore } from "../src/document/store";
import { CATALOG, LINE } from "./small";

const open = (flow = LINE) => new EditorStore(flow, { catalog: CATALOG });
const unplaced = { ...LINE, nodes: LINE.nodes?.map(({ id, kind }) => ({ id, kind })) };

test("an undo takes back a change and leaves the selection alone", () => {
  const store = open();
  store.select(["file"]);
  store.edit("Remove table", (graph) => removeNodes(graph, new Set(["table"])));
  store.select(["filter"]);
  store.undo();
  expect(store.flow).toEqual(LINE);
  expect([...store.selection]).toEqual(["filter"]);
  expect(store.told.text).toBe("Undone: Remove table");
});

test("what is gone is not selected any more", () => {
  const store = open();
  store.select(["file", "table", "filter>table.rows"]);
  store.edit("Remove table", (graph) => removeNodes(graph, new Set(["table"])));
  expect([...store.selection]).toEqual(["file"]);
});

test("a flow that is only read is not changed", () => {
  const store = open();
  store.set({ readonly: true });
  store.edit("Remove table", (graph) => removeNodes(graph, new Set(["table"])));
  expect(store.flow).toBe(LINE);
});

test("nodes without a place are laid out from left to right, and the document is left alone", () => {
  const store = open(unplaced);
  const x = ["file", "filter", "table"].map((id) => store.places.get(id)?.[0] ?? NaN);
  expect(x).toEqual([...x].sort((a, b) => a - b));
  expect(store.flow).toBe(unplaced);
});

test("the first node that is moved pins the others where they are seen", () => {
  const store = open(unplaced);
  const seen = new Map(store.places);
  store.edit("Move table", (graph) => moveTo(graph, new Map([["table", [900, 90]]])));
  expect(store.flow.nodes?.map((node) => node.position)).toEqual([seen.get("file"), seen.get("filter"), [900, 90]]);
});

test("a new node without a place goes below what is there", () => {
  const store = open();
  store.edit("Add", (graph) => addNode(graph, { id: "new", kind: "tables.filter" }));
  expect(store.places.get("new")?.[1]).toBeGreaterThan(52);
  expect(store.places.get("file")).toEqual([0, 0]);
});

test("a change inside of a part is one of the document, and findings name its nodes by the way there", () => {
  const part = { nodes: [{ id: "inner", kind: "tables.filter" }], inputs: [{ name: "rows", node: "inner" }], output: "inner" };
  const store = open({ ...LINE, nodes: [...(LINE.nodes ?? []), { id: "clean", kind: "flow:tidy" }], parts: { tidy: part } });
  expect(store.kinds.get("flow:tidy")).toMatchObject({ output: true, inputs: [{ name: "rows" }] });
  store.open("clean");
  expect([store.path, store.fullId("inner")]).toEqual([["tidy"], "clean/inner"]);
  store.edit("Remove inner", (graph) => removeNodes(graph, new Set(["inner"])));
  expect(store.flow.parts?.tidy?.nodes).toEqual([]);
  store.up();
  expect(store.path).toEqual([]);
});

test("a former name of a kind is still known", () => {
  expect(open().kinds.get("tables.where")?.kind).toBe("tables.filter");
});

test("an undo is always seen: of the flow around by going there, of a part by its name", () => {
  const part = { nodes: [{ id: "inner", kind: "tables.filter" }] };
  const store = open({ ...LINE, nodes: [...(LINE.nodes ?? []), { id: "clean", kind: "flow:tidy" }], parts: { tidy: part } });
  store.edit("Remove table", (graph) => removeNodes(graph, new Set(["table"])));
  store.open("clean");
  store.edit("Remove inner", (graph) => removeNodes(graph, new Set(["inner"])));
  store.up();
  store.undo();
  expect(store.told.text).toBe("Undone: Remove inner, in the part tidy");
  store.open("clean");
  store.undo();
  expect([store.path, store.told.text]).toEqual([[], "Undone: Remove table"]);
});
