/** Pure parts of the panels: figures of a run, columns of a preview, what two versions differ in, files. */

import { expect, test } from "vitest";

import { flowText } from "../../src/document/text";
import { columnsOf } from "../../src/panels/preview/fetch";
import { asText, searched, statsOf } from "../../src/panels/preview/stats";
import { isThere, outputOf } from "../../src/panels/problems/parts";
import { asOurs, taken } from "../../src/panels/run/ours";
import { overlayOf, type NodeMetrics, type RunMetrics } from "../../src/panels/run/overlay";
import { readFlow } from "../../src/panels/templates/files";
import { compared, lines, type Change } from "../../src/panels/versions/marks";
import type { Flow } from "../../src/types";

const FLOW: Flow = { name: "f", nodes: [{ id: "read", kind: "sources.csv_file" }, { id: "out", kind: "sinks.null" }], edges: [{ source: "read", target: "out" }] };
const figures = (node: string, rest: Partial<NodeMetrics>): NodeMetrics => ({ node, rows_in: null, rows_out: null, rows_per_s: 0, lag_ms: null, errors: 0, last_error: "", waiting: 0, ...rest });
const metrics = (...nodes: NodeMetrics[]): RunMetrics => ({
  run_id: "R",
  now: { taken_unix_nano: 2, nodes },
  before: [{ taken_unix_nano: 1, nodes: [figures("read", { rows_per_s: 5 })] }],
});

test("figures of a run become states, rates on wires and a history", () => {
  const overlay = overlayOf(FLOW, metrics(figures("read", { rows_out: 10, rows_per_s: 7, lag_ms: 3 }), figures("out", { rows_in: 9, errors: 1, last_error: "bad" })), { id: "R", state: "running" });

  expect(overlay).toEqual({
    run: { id: "R", state: "running" },
    nodes: {
      read: { state: "running", errors: 0, lag_ms: 3, rows_per_s: 7, history: [5, 7], rows_out: 10 },
      out: { state: "error", errors: 1, lag_ms: null, rows_per_s: 0, history: [0], rows_in: 9, last_error: "bad" },
    },
    edges: { "read>out.rows": { rows_per_s: 7 } },
  });
});

test("a run that has ended shows its counts and no rates; one without figures nothing", () => {
  const ended = overlayOf(FLOW, metrics(figures("read", { rows_out: 10, rows_per_s: 7 })), { id: "R", state: "succeeded" });

  expect(ended.nodes?.read).toEqual({ state: "succeeded", errors: 0, lag_ms: null, rows_out: 10 });
  expect(ended.edges).toEqual({});
  expect(overlayOf(FLOW, { run_id: "R", now: null, before: [] }, { state: "starting" })).toEqual({ run: { state: "starting" }, nodes: {}, edges: {} });
});

test("wires in a part and out of it have rates; how a run stands changes no figures", () => {
  const flow: Flow = {
    name: "f",
    nodes: [{ id: "tidy", kind: "flow:clean" }, { id: "out", kind: "sinks.table" }],
    edges: [{ source: "tidy", target: "out" }],
    parts: { clean: { nodes: [{ id: "a", kind: "tables.filter" }, { id: "b", kind: "tables.filter" }], edges: [{ source: "a", target: "b" }], output: "b" } },
  };
  const overlay = overlayOf(flow, metrics(figures("tidy/a", { rows_per_s: 4 }), figures("tidy/b", { rows_per_s: 3 }), figures("out", {})), { id: "R", state: "running" });

  expect(overlay.edges).toEqual({ "tidy>out.rows": { rows_per_s: 3 }, "tidy/a>tidy/b.rows": { rows_per_s: 4 } });
  expect(taken(asOurs(overlay), { run: { id: "R", state: "stopping" } })).toEqual({ ...overlay, run: { id: "R", state: "stopping" } });
  expect(taken(overlay, { run: { id: "S", state: "starting" } })).toEqual({ run: { id: "S", state: "starting" } });
});

test("numbers are spread over their range, other values are counted, what is missing is told", () => {
  const numbers = statsOf([0, 1, 10, null]);
  const words = statsOf(["a", "b", "a"]);

  expect([numbers.nulls, numbers.range, numbers.bars.length, numbers.bars[0]?.label]).toEqual([1, "0 to 10", 10, "0 to 1: 1"]);
  expect(numbers.bars[9]).toEqual({ share: 1, label: "9 to 10: 1" });
  expect(words.bars).toEqual([{ share: 1, label: "a: 2" }, { share: 0.5, label: "b: 1" }]);
  expect(statsOf([])).toEqual({ nulls: 0, distinct: 0, bars: [], range: "0 values" });
});

test("rows are searched and copied as they are shown", () => {
  const rows = [{ a: "x\ty", b: 1 }, { a: "Z", b: null }, { a: "q", b: { c: "z" } }];

  expect(searched(rows, "z")).toEqual([rows[1], rows[2]]);
  expect(asText(["a", "b"], rows)).toBe('a\tb\nx y\t1\nZ\t\nq\t{"c":"z"}');
  expect(columnsOf([{ a: null, b: 1 }, { a: "x", b: 2 }]).map((one) => [one.name, one.type, one.nullable])).toEqual([["a", "text", true], ["b", "number", false]]);
});

test("the rows of a part are those of its output", () => {
  const flow: Flow = { name: "f", nodes: [{ id: "use", kind: "flow:a" }], parts: { a: { nodes: [{ id: "in", kind: "flow:b" }], output: "in" }, b: { nodes: [{ id: "n", kind: "k" }], output: "n" } } };

  expect([outputOf(flow, "use"), outputOf(flow, "use/in/n"), isThere(flow, "use/in/n"), isThere(flow, "use/n")]).toEqual(["use/in/n", "use/in/n", true, false]);
});

const change = (what: Change["what"], node: string, rest: Partial<Change> = {}): Change => ({ what, node, path: [], before: null, after: null, was_set: true, is_set: true, ...rest });

test("two versions in one picture: added, removed as ghosts, changed with what it was, wires", () => {
  const before: Flow = { name: "f", nodes: [{ id: "a", kind: "k", settings: { n: 1 } }, { id: "old", kind: "k" }], edges: [{ source: "a", target: "old" }] };
  const after: Flow = { name: "f", nodes: [{ id: "a", kind: "k", settings: { n: 2 } }, { id: "new", kind: "k" }], edges: [{ source: "a", target: "new" }] };
  const changes = [change("added", "new", { after: { id: "new", kind: "k" } }), change("removed", "old", { before: { id: "old", kind: "k" } }), change("setting", "a", { path: ["n"], before: 1, after: 2 }), change("moved", "a")];

  const { flow, overlay } = compared(before, after, changes);

  expect(flow.nodes?.map((node) => node.id)).toEqual(["a", "new", "old"]);
  expect(overlay).toEqual({
    nodes: { new: { mark: "added" }, old: { mark: "removed" }, a: { mark: "changed", caption: "n: 1 → 2" } },
    edges: { "a>old.rows": { mark: "removed" }, "a>new.rows": { mark: "added" } },
  });
  expect(lines(changes).map(({ mark, place, from, to }) => [mark, place, from, to])).toEqual([
    ["added", "new", "", "k"],
    ["removed", "old", "", "k"],
    ["changed", "a.n", "1", "2"],
    ["layout", "moved", "", "a"],
  ]);
});

test("a value that was not there is told apart from none, other sources are told by name", () => {
  const set = change("setting", "a", { path: ["n"], after: null, was_set: false });
  const wired = change("rewired", "a", { path: ["rows"], before: [], after: ["x", "y"] });

  expect(lines([set, wired]).map(({ from, to }) => [from, to])).toEqual([["not set", "null"], ["nothing", "x, y"]]);
});

test("rows of a setting in another order are told as names, in the list and at the node", () => {
  const ordered = change("order", "a", { path: ["columns"], before: ["at", "ms"], after: ["ms", "at"] });

  expect(lines([ordered])[0]).toMatchObject({ mark: "changed", place: "a.columns (order)", from: "at, ms", to: "ms, at" });
  expect(compared(FLOW, FLOW, [ordered]).overlay.nodes?.a).toEqual({ mark: "changed", caption: "columns: at, ms → ms, at" });
});

test("files: a flow goes out with sorted keys and comes back; what is none is refused with a reason", () => {
  expect(flowText(FLOW).indexOf('"edges"')).toBeLessThan(flowText(FLOW).indexOf('"name"'));
  expect(readFlow(flowText(FLOW))).toEqual(FLOW);
  expect(readFlow("{")).toMatch(/^This is not JSON/);
  expect(readFlow("[]")).toMatch(/not a flow/);
  expect(readFlow('{"nodes": [{"id": 1}]}')).toMatch(/needs an id and a kind/);
});

test("other notes and groups are one line of a comparison", () => {
  const drawn: Change = { what: "drawn", node: "", path: ["notes"], before: [], after: [], was_set: true, is_set: true };
  expect(lines([drawn, { ...drawn, path: ["groups"] }]).map(({ place, to }) => [place, to])).toEqual([["notes and groups", "drawn otherwise"]]);
});
