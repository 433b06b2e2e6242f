import { expect, test } from "vitest";

import { hiddenIn, seenGraph, seenPlaces, seenWires, withFolded } from "../src/document/folds";
import { EditorStore } from "../src/document/store";
import { membersIn, overlayAt, summed } from "../src/document/sums";
import { Elements } from "../src/view/elements";
import type { Flow, NodeOverlay } from "../src/types";
import { CATALOG, LINE } from "./small";

/** file -> filter -> concat -> table, file -> more -> concat; filter and more are a folded group. */
const FOLDED: Flow = {
  ...LINE,
  nodes: [...(LINE.nodes ?? []), { id: "more", kind: "tables.filter", position: [300, 100] }, { id: "all", kind: "tables.concat", position: [600, 100] }],
  edges: [
    { source: "file", target: "filter" },
    { source: "file", target: "more" },
    { source: "filter", target: "all" },
    { source: "more", target: "all" },
    { source: "all", target: "table" },
  ],
  groups: [{ id: "g", title: "Clean", nodes: ["filter", "more", "gone"], collapsed: true }],
};
const none = new Set<string>();
const hidden = hiddenIn(FOLDED, none);

test("the nodes of a folded group are hidden, unless one looks into it", () => {
  expect([...hidden]).toEqual([["filter", "g"], ["more", "g"]]);
  expect(hiddenIn(FOLDED, new Set(["g"])).size).toBe(0);
});

test("wires across the border lead to the box, each way once", () => {
  expect(seenWires(FOLDED.edges ?? [], hidden).map(({ source, target, of }) => `${source}>${target} ${of.length}`)).toEqual(["file>g 2", "g>all 2", "all>table 1"]);
});

test("wires between two nodes of a group are not seen", () => {
  const edges = [...(FOLDED.edges ?? []), { source: "filter", target: "more" }];

  expect(seenWires(edges, hidden).some(({ source, target }) => source === target)).toBe(false);
});

test("by keyboard a box is one node, in its place", () => {
  expect(seenGraph(FOLDED, hidden).nodes?.map((node) => node.id)).toEqual(["file", "g", "table", "all"]);
  expect(seenPlaces(FOLDED, hidden, new Map([["filter", [300, 0]], ["more", [300, 100]]])).get("g")).toEqual([300, 41]);
});

test("a group is opened by its name or that of a node in it, and others stay", () => {
  const two = { ...FOLDED, groups: [...(FOLDED.groups ?? []), { id: "h", title: "", nodes: ["all"], collapsed: true }] };

  expect(withFolded(two, new Set(["more"]), false).groups?.map((group) => group.collapsed)).toEqual([false, true]);
  expect(withFolded(two, new Set(["h"]), true).groups?.[1]).toBe(two.groups[1]);
});

const did = (more: NodeOverlay): NodeOverlay => ({ state: "running", errors: 0, ...more });

test("a box tells rows at its borders, all errors, the longest lag and the worst state", () => {
  const figures: Record<string, NodeOverlay> = {
    filter: did({ rows_in: 10, rows_out: 4, rows_per_s: 2, lag_ms: 50 }),
    more: did({ rows_in: 20, rows_out: 5, rows_per_s: 3, lag_ms: 900, errors: 2, state: "error", last_error: "no" }),
  };

  expect(summed(membersIn(FOLDED, ["filter", "more"], (id) => figures[id]))).toEqual({
    state: "error", rows_in: 30, rows_out: 9, rows_per_s: 5, errors: 2, lag_ms: 900, last_error: "no",
  });
  expect(summed(membersIn(FOLDED, ["filter", "more"], () => undefined))).toBeUndefined();
});

test("the node of a part tells what goes in and out of the part, and the parts in it", () => {
  const flow: Flow = {
    name: "f",
    nodes: [{ id: "tidy", kind: "flow:clean" }],
    parts: {
      clean: { nodes: [{ id: "keep", kind: "tables.filter" }, { id: "deep", kind: "flow:inner" }], edges: [{ source: "keep", target: "deep" }], inputs: [{ name: "rows", node: "keep" }], output: "deep" },
      inner: { nodes: [{ id: "last", kind: "tables.filter" }], inputs: [{ name: "rows", node: "last" }], output: "last" },
    },
  };
  const figures = { "tidy/keep": did({ rows_in: 9, rows_out: 6 }), "tidy/deep/last": did({ rows_in: 6, rows_out: 1, rows_per_s: 1, errors: 3, state: "error" }) };

  expect(overlayAt(flow, figures, "tidy", "flow:clean")).toEqual({ state: "error", rows_in: 9, rows_out: 1, rows_per_s: 1, errors: 3 });
  expect(overlayAt(flow, figures, "tidy/keep", "tables.filter")).toBe(figures["tidy/keep"]);
});

test("a folded group is drawn as one box with its problems, and nothing of it is drawn anew without need", () => {
  const store = new EditorStore(FOLDED, { catalog: CATALOG, findings: [{ node: "more", code: "x", message: "No.", severity: "error" }] });
  const elements = new Elements();
  const first = elements.all(store, new Map(), "file");

  expect(first.map((node) => node.id)).toEqual(["file", "table", "all", "g"]);
  expect(first.at(-1)?.data).toMatchObject({ count: 2, findings: [{ message: "No." }] });
  expect(elements.edges(store).map(({ source, target, targetHandle, selectable }) => [source, target, targetHandle, selectable])).toEqual([
    ["file", "g", "in", false],
    ["g", "all", "rows", false],
    ["all", "table", "rows", true],
  ]);
  const again = elements.all(store, new Map([["file", { x: 5, y: 5 }]]), "file");
  expect(again.slice(1)).toEqual(first.slice(1));
  expect(again.slice(1).every((node, at) => node === first[at + 1])).toBe(true);
  store.lookInto("g");
  expect(elements.all(store, new Map(), "file").map((node) => node.type)).toEqual(["frame", "step", "step", "step", "step", "step"]);
});

test("folding is one step that can be taken back", () => {
  const store = new EditorStore(FOLDED, { catalog: CATALOG });

  store.edit("Open a group", (graph) => withFolded(graph, new Set(["g"]), false));
  expect(store.hidden.size).toBe(0);
  store.undo();

  expect(store.hidden.size).toBe(2);
});
