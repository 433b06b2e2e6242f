// @vitest-environment node
import { expect, test } from "vitest";

import { kindsOf } from "../src/document/kinds";
import { clonePart, exposeInputs, makePart, unpack, type Changed } from "../src/document/parts";
import type { Place } from "../src/document/nodes";
import type { Flow } from "../src/types";
import { CATALOG, LINE } from "./small";

const placesOf = (flow: Flow): Map<string, Place> => new Map(flow.nodes?.map((node) => [node.id, node.position ?? [0, 0]]));
const made = (changed: Changed | string): Changed => {
  if (typeof changed === "string") throw new Error(changed);
  return changed;
};

test("some nodes become one, with what they read as inputs and what is read as output", () => {
  const { flow, graph, selected } = made(makePart(LINE, LINE, new Set(["filter"]), "clean", placesOf(LINE)));
  expect(flow.parts).toEqual({
    clean: { nodes: [{ id: "filter", kind: "tables.filter", position: [0, 0] }], edges: [], inputs: [{ name: "rows", node: "filter" }], output: "filter" },
  });
  expect(graph.nodes?.map((node) => node.kind)).toEqual(["sources.file", "sinks.table", "flow:clean"]);
  expect(graph.edges).toEqual([
    { source: "file", target: "clean" },
    { source: "clean", target: "table" },
  ]);
  expect(selected).toEqual(["clean"]);
});

test("unpacked, the nodes and wires are what they were", () => {
  const packed = made(makePart(LINE, LINE, new Set(["filter"]), "clean", placesOf(LINE)));
  const flow: Flow = { ...packed.flow, ...packed.graph };
  const { graph, flow: left } = made(unpack(flow, flow, "clean", [300, 0], kindsOf(CATALOG, {})));
  expect(new Set(graph.nodes)).toEqual(new Set(LINE.nodes));
  expect(new Set(graph.edges)).toEqual(new Set(LINE.edges));
  expect(left.parts).toBeUndefined();
});

test("unpacked, nodes that were made a part stand where they stood", () => {
  const packed = made(makePart(LINE, LINE, new Set(["file", "filter"]), "in", placesOf(LINE)));
  const flow: Flow = { ...packed.flow, ...packed.graph };
  const at = flow.nodes?.find((node) => node.id === "in")?.position ?? [0, 0];

  expect(new Set(made(unpack(flow, flow, "in", at, kindsOf(CATALOG, {}))).graph.nodes)).toEqual(new Set(LINE.nodes));
});

test("nodes of a part without places are laid out, not put on each other", () => {
  const nodes = (LINE.nodes ?? []).slice(0, 2).map(({ id, kind }) => ({ id, kind }));
  const flow: Flow = { name: "bare", nodes: [{ id: "in", kind: "flow:in" }], parts: { in: { nodes, edges: [{ source: "file", target: "filter" }], output: "filter" } } };

  const [first, second] = made(unpack(flow, flow, "in", [0, 0], kindsOf(CATALOG, {}))).graph.nodes ?? [];

  expect((second?.position?.[0] ?? 0) - (first?.position?.[0] ?? 0)).toBeGreaterThan(200);
});

test("wires of two sources are two inputs, named after them; one source is one input", () => {
  const flow: Flow = {
    name: "two",
    nodes: [
      { id: "a", kind: "sources.file" },
      { id: "b", kind: "sources.file" },
      { id: "join", kind: "tables.join" },
      { id: "also", kind: "tables.filter" },
    ],
    edges: [
      { source: "a", target: "join", port: "left" },
      { source: "b", target: "join", port: "right" },
      { source: "a", target: "also" },
    ],
  };
  const { flow: next, graph } = made(makePart(flow, flow, new Set(["join", "also"]), "both", new Map()));
  expect(next.parts?.both?.inputs).toEqual([
    { name: "a", node: "join", port: "left" },
    { name: "b", node: "join", port: "right" },
    { name: "a", node: "also" },
  ]);
  expect(graph.edges).toEqual([
    { source: "a", target: "both", port: "a" },
    { source: "b", target: "both", port: "b" },
  ]);
});

test("nodes with two ways out, or with a node between them, cannot be one", () => {
  const wide: Flow = { ...LINE, nodes: [...(LINE.nodes ?? []), { id: "more", kind: "sinks.table" }], edges: [...(LINE.edges ?? []), { source: "file", target: "more" }] };
  expect(makePart(wide, wide, new Set(["file", "filter"]), "x", new Map())).toBe("A part has one output, but filter and file both feed nodes outside.");
  expect(makePart(LINE, LINE, new Set(["file", "table"]), "x", new Map())).toMatch(/come back/);
});

test("a cloned part can be changed without the others", () => {
  const flow: Flow = { name: "f", nodes: [{ id: "a", kind: "flow:p" }, { id: "b", kind: "flow:p" }], parts: { p: { nodes: [] } } };
  const { flow: next, graph } = made(clonePart(flow, flow, "b"));
  expect(graph.nodes?.map((node) => node.kind)).toEqual(["flow:p", "flow:p_2"]);
  expect(Object.keys(next.parts ?? {})).toEqual(["p", "p_2"]);
});

test("only free inputs are offered to the outside, each under a name of its own", () => {
  const part = { nodes: [{ id: "j", kind: "tables.join" }, { id: "k", kind: "tables.join" }], edges: [{ source: "x", target: "j", port: "left" }] };
  const kinds = kindsOf(CATALOG, {});
  const once = exposeInputs(exposeInputs(part, kinds, "j"), kinds, "k");
  expect(exposeInputs(once, kinds, "j").inputs).toEqual([
    { name: "right", node: "j", port: "right" },
    { name: "left", node: "k", port: "left" },
    { name: "right_2", node: "k", port: "right" },
  ]);
});
