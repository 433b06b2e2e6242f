// @vitest-environment node
import { expect, test } from "vitest";

import { badId, freeId } from "../src/document/ids";
import { moveTo, removeNodes, renameNode, setSettings } from "../src/document/nodes";
import { LINE } from "./small";

test("a new node is named after its kind, and never like another", () => {
  expect(freeId("tables.filter", new Set())).toBe("filter");
  expect(freeId("tables.filter", new Set(["filter", "filter_2"]))).toBe("filter_3");
  expect(freeId("flow:clean-up", new Set())).toBe("clean_up");
});

test.each([
  ["filter_2", ""],
  ["", "A name is needed."],
  ["2nd", "A name begins with a letter."],
  ["a b", '" " cannot be in a name; letters, digits, _ and - can.'],
])("the id %j is judged as Python does", (id, said) => {
  expect(badId(id)).toBe(said);
});

test("a removed node takes its wires along", () => {
  const left = removeNodes(LINE, new Set(["filter"]));
  expect(left.nodes?.map((node) => node.id)).toEqual(["file", "table"]);
  expect(left.edges).toEqual([]);
});

test("with reconnect, what fed a removed node feeds what read from it", () => {
  expect(removeNodes(LINE, new Set(["filter"]), true).edges).toEqual([{ source: "file", target: "table" }]);
});

test("two neighbours that are removed leave one wire over both", () => {
  const longer = {
    ...LINE,
    nodes: [...(LINE.nodes ?? []), { id: "more", kind: "tables.filter" }],
    edges: [{ source: "file", target: "filter" }, { source: "filter", target: "more" }, { source: "more", target: "table" }],
  };
  expect(removeNodes(longer, new Set(["more", "filter"]), true).edges).toEqual([{ source: "file", target: "table" }]);
});

test("a group without nodes goes", () => {
  const grouped = { ...LINE, groups: [{ id: "g", title: "All", nodes: ["filter"] }, { id: "h", title: "Ends", nodes: ["file", "filter"] }] };
  expect(removeNodes(grouped, new Set(["filter"])).groups).toEqual([{ id: "h", title: "Ends", nodes: ["file"] }]);
});

test("wires, groups and the ends of a part follow a new name", () => {
  const part = { ...LINE, inputs: [{ name: "rows", node: "filter" }], output: "filter", groups: [{ id: "g", title: "", nodes: ["filter"] }] };
  const renamed = renameNode(part, "filter", "keep");
  expect(renamed.edges).toEqual([{ source: "file", target: "keep" }, { source: "keep", target: "table" }]);
  expect([renamed.inputs, renamed.output, renamed.groups]).toEqual([[{ name: "rows", node: "keep" }], "keep", [{ id: "g", title: "", nodes: ["keep"] }]]);
});

test("a setting can be set and taken out", () => {
  const set = setSettings(LINE, "filter", { where: "a > 1", keep: true });
  expect(setSettings(set, "filter", { keep: undefined }).nodes?.[1]?.settings).toEqual({ where: "a > 1" });
});

test("places are whole pixels, and what is not named stays", () => {
  const moved = moveTo(LINE, new Map([["file", [10.4, 19.6]]]));
  expect(moved.nodes?.map((node) => node.position)).toEqual([[10, 20], [300, 0], [600, 0]]);
});
