// @vitest-environment node
import { expect, test } from "vitest";

import { aligned, distributed, type Box } from "../src/document/align";
import { addGroup, addNote, frameOf, ungroup } from "../src/document/drawn";
import { kindsOf } from "../src/document/kinds";
import { layered, layoutTask } from "../src/document/layout";
import { columns } from "../src/document/places";
import { WIDTH } from "../src/document/sizes";
import { CATALOG, LINE } from "./small";

const BOXES: Box[] = [
  { id: "a", at: [0, 0], height: 52 },
  { id: "b", at: [300, 10], height: 72 },
  { id: "c", at: [900, 100], height: 52 },
];

test.each([
  ["left", [[0, 0], [0, 82], [0, 184]]],
  ["right", [[900, 0], [900, 82], [900, 184]]],
  ["top", [[0, 0], [300, 0], [900, 0]]],
  ["bottom", [[0, 100], [300, 80], [900, 100]]],
  ["middle", [[0, 40], [300, 30], [900, 40]]],
] as const)("aligned %s", (edge, places) => {
  const middle = edge === "middle" ? BOXES.map((box) => ({ ...box, at: [box.at[0], 66 - box.height / 2] as [number, number] })) : BOXES;
  expect([...aligned(middle, edge).values()]).toEqual(edge === "middle" ? places.map(([x, y]) => [x, y]) : places);
});

test("what is put in line stays whole: nothing stands on another", () => {
  const stacked: Box[] = [{ id: "a", at: [0, 0], height: 52 }, { id: "b", at: [10, 200], height: 52 }, { id: "c", at: [900, 300], height: 52 }];
  expect([...aligned(stacked, "top").values()]).toEqual([[0, 0], [WIDTH + 30, 0], [900, 0]]);
});

test("distributed, the gaps are equal and the outermost stay", () => {
  expect([...distributed(BOXES, "across").values()]).toEqual([[0, 0], [450, 10], [900, 100]]);
  const down = [...distributed(BOXES, "down").values()].map(([, y]) => y);
  expect(down).toEqual([0, 40, 100]);
});

test.each([["dagre", layered], ["columns", columns]])("%s puts each node right of what it reads, and none on another", (_, layout) => {
  const places = new Map(layout(layoutTask(LINE, kindsOf(CATALOG, {}))));
  for (const { source, target } of LINE.edges ?? []) expect((places.get(target)?.[0] ?? 0) - (places.get(source)?.[0] ?? 0)).toBeGreaterThan(WIDTH);
  expect(Math.min(...[...places.values()].flat())).toBe(0);
});

test("columns survive a circle", () => {
  const task = { nodes: [{ id: "a", height: 52 }, { id: "b", height: 52 }], edges: [{ source: "a", target: "b" }, { source: "b", target: "a" }] };
  expect(columns(task).length).toBe(2);
});

test("a node is in one group: the last it was put in", () => {
  const first = addGroup(LINE, ["file", "filter"], "In").graph;
  const second = addGroup(first, ["filter", "table"], "Out").graph;
  expect(second.groups).toEqual([
    { id: "group", title: "In", nodes: ["file"] },
    { id: "group_2", title: "Out", nodes: ["filter", "table"] },
  ]);
  expect(ungroup(second, new Set(["table"])).groups?.map((group) => group.id)).toEqual(["group"]);
});

test("a frame is around its nodes; one without nodes is not drawn", () => {
  const group = { id: "g", title: "", nodes: ["a", "b", "gone"] };
  const frame = frameOf(group, new Map([["a", [0, 0]], ["b", [300, 100]]]), () => 52);
  expect(frame).toEqual({ x: -18, y: -44, width: 300 + WIDTH + 36, height: 152 + 26 + 44 });
  expect(frameOf({ ...group, nodes: ["gone"] }, new Map(), () => 52)).toBeNull();
});

test("notes have names of their own", () => {
  const one = addNote(LINE, [1.4, 2.6]).graph;
  expect(addNote(one, [0, 0]).graph.notes?.map(({ id, position }) => [id, position])).toEqual([["note", [1, 3]], ["note_2", [0, 0]]]);
});
