// @vitest-environment node
import { expect, test } from "vitest";

import { clipOf, fromText, paste, toText, type Clip } from "../src/document/clipboard";
import type { Flow } from "../src/types";
import { LINE } from "./small";

const places = new Map(LINE.nodes?.map((node) => [node.id, node.position as [number, number]]));
const read = (text: string): Clip => {
  const clip = fromText(text);
  if (typeof clip === "string") throw new Error(clip);
  return clip;
};

test("copied nodes come back under free names, with the wires between them", () => {
  const text = toText(clipOf(LINE, LINE, new Set(["file", "filter"]), places));
  const { graph, put } = paste(LINE, LINE, read(text), [30, 40]);
  expect(graph.nodes?.slice(3)).toEqual([
    { id: "file_2", kind: "sources.file", position: [30, 40] },
    { id: "filter_2", kind: "tables.filter", position: [330, 40] },
  ]);
  expect(graph.edges?.slice(2)).toEqual([{ source: "file_2", target: "filter_2" }]);
  expect(put).toEqual(["file_2", "filter_2", "file_2>filter_2.rows"]);
});

test("in another flow they keep their names", () => {
  const { graph } = paste({ name: "other" }, {}, read(toText(clipOf(LINE, LINE, new Set(["file"]), places))), [0, 0]);
  expect(graph.nodes?.map((node) => node.id)).toEqual(["file"]);
});

test("a whole flow can be pasted", () => {
  const { graph } = paste({ name: "other" }, {}, read(JSON.stringify(LINE)), [0, 0]);
  expect(graph.edges).toEqual(LINE.edges);
});

test.each([
  ["hello", "What is in the clipboard is not a copied node."],
  ["null", "The JSON in the clipboard holds no nodes."],
  ['{"nodes": [{"id": 1}]}', "The JSON in the clipboard holds no nodes."],
])("%j cannot be pasted, and why is said", (text, said) => {
  expect(fromText(text)).toBe(said);
});

test("the parts that copied nodes use come along, under a name of their own where another has it", () => {
  const inner = { nodes: [{ id: "a", kind: "tables.filter" }], inputs: [{ name: "rows", node: "a" }], output: "a" };
  const outer = { nodes: [{ id: "b", kind: "flow:inner" }] };
  const from: Flow = { name: "from", nodes: [{ id: "use", kind: "flow:outer" }], parts: { inner, outer, unused: {} } };
  const clip = read(toText(clipOf(from, from, new Set(["use"]), new Map([["use", [0, 0]]]))));
  expect(Object.keys(clip.parts ?? {}).sort()).toEqual(["inner", "outer"]);
  const into: Flow = { name: "into", parts: { inner: { nodes: [] } } };
  const { flow, graph } = paste(into, into, clip, [0, 0]);
  expect(graph.nodes?.[0]?.kind).toBe("flow:outer");
  expect(flow.parts).toEqual({ inner: { nodes: [] }, inner_2: inner, outer: { nodes: [{ id: "b", kind: "flow:inner_2" }] } });
});
