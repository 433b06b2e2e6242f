/** A small catalogue for tests: a source, steps of one and two inputs, one that takes many wires, a sink. */

import type { Flow, NodeType, Port } from "../src/types";

const port = (name: string, many = false, required = true): Port => ({ name, many, required });

const type = (kind: string, inputs: Port[], output: boolean): NodeType => ({
  kind,
  group: kind.split(".")[0] ?? "",
  title: kind.split(".")[1] ?? "",
  summary: `What ${kind} does.`,
  description: "",
  inputs,
  output,
  delivery: "exactly-once",
  formerly: [],
  settings: { type: "object", properties: {} },
});

export const CATALOG: NodeType[] = [
  type("sources.file", [], true),
  { ...type("tables.filter", [port("rows")], true), formerly: ["tables.where"] },
  type("tables.join", [port("left"), port("right")], true),
  type("tables.concat", [port("rows", true)], true),
  type("sinks.table", [port("rows")], false),
];

/** file -> filter -> table */
export const LINE: Flow = {
  name: "line",
  nodes: [
    { id: "file", kind: "sources.file", position: [0, 0] },
    { id: "filter", kind: "tables.filter", position: [300, 0] },
    { id: "table", kind: "sinks.table", position: [600, 0] },
  ],
  edges: [
    { source: "file", target: "filter" },
    { source: "filter", target: "table" },
  ],
};
