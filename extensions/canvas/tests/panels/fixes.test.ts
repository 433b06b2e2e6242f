/** Quick fixes: each finding with one sensible mend, and what the flow then is. */

import { expect, test } from "vitest";

import { kindsOf } from "../../src/document/kinds";
import { fixAll, fixOf, formerKinds } from "../../src/panels/problems/fixes";
import type { Finding, Flow, FlowNode, Settings } from "../../src/types";
import { CATALOG, finding, typeOf } from "./given";

const node = (id: string, kind: string, settings: Settings = {}): FlowNode => ({ id, kind, settings });
const one = (kind: string, settings: Settings): Flow => ({ name: "f", nodes: [node("n", kind, settings)], edges: [] });
const kinds = (flow: Flow) => kindsOf(CATALOG, flow);

function mended(flow: Flow, found: Finding): { label: string; settings: Settings | undefined; flow: Flow } {
  const fix = fixOf(found, flow, kinds(flow));
  if (!fix) throw new Error("there is no fix");
  const after = fix.apply(flow);
  return { label: fix.label, settings: after.nodes?.[0]?.settings, flow: after };
}

const DID = "Did you mean 'service'?";
const wrongColumn = (field: string, rest: Partial<Finding> = {}): Finding => finding("n", field, "unknown_column", "there is no column 'servic'.", { hint: DID, ...rest });

test("a column that is meant, in a list, in a map and as a key", () => {
  expect(mended(one("tables.group", { by: ["servic"] }), wrongColumn("by.0"))).toMatchObject({ label: "Use service", settings: { by: ["service"] } });
  expect(mended(one("tables.group", { aggregates: { a: { column: "servic" } } }), wrongColumn("aggregates.a.column")).settings).toEqual({ aggregates: { a: { column: "service" } } });
  expect(mended(one("tables.rename", { columns: { x: "y", servic: "s" } }), wrongColumn("columns.servic")).settings).toEqual({ columns: { x: "y", service: "s" } });
});

test("a column in an expression, at its characters", () => {
  const place = { source: 'servic == "servic"', start: 0, end: 6 };

  expect(mended(one("tables.filter", { condition: place.source }), wrongColumn("condition", place)).settings).toEqual({ condition: 'service == "servic"' });
});

test("an odd column in an expression is written so that it can be read", () => {
  const found = wrongColumn("condition", { source: "servic > 1", start: 0, end: 6, hint: "Did you mean 'my service'?" });

  expect(mended(one("tables.filter", { condition: "servic > 1" }), found).settings).toEqual({ condition: 'col("my service") > 1' });
});

test("an expression that is another one by now is left alone", () => {
  const found = wrongColumn("condition", { source: "servic > 1", start: 0, end: 6 });

  expect(fixOf(found, one("tables.filter", { condition: "servic > 2" }), new Map())).toBeNull();
});

test("an unknown setting is renamed when it is clear what was meant, else removed", () => {
  const meant = finding("n", "pth", "unknown_setting", "no setting 'pth'.", { hint: "Did you mean 'path'?" });

  expect(mended(one("sources.csv_file", { pth: "a" }), meant)).toMatchObject({ label: "Rename it to path", settings: { path: "a" } });
  expect(mended(one("sources.csv_file", { pth: "a", path: "b" }), meant)).toMatchObject({ label: "Remove pth", settings: { path: "b" } });
});

test("an unknown kind becomes the one that is meant", () => {
  const found = finding("n", "kind", "unknown_kind", "there is no node type 'tables.filtr'.", { hint: "Did you mean 'tables.filter'?" });

  expect(mended(one("tables.filtr", {}), found).flow.nodes?.[0]?.kind).toBe("tables.filter");
});

test("a kind that has another name now is told and renamed", () => {
  const type = { ...typeOf("tables.filter"), formerly: ["tables.keep_if"] };
  const flow = one("tables.keep_if", {});
  const known = kindsOf([type], flow);
  const [found] = formerKinds(flow, known);

  expect(found?.message).toBe("tables.keep_if is called tables.filter now.");
  expect(found && fixOf(found, flow, known)?.apply(flow).nodes?.[0]?.kind).toBe("tables.filter");
});

const WIRED: Flow = {
  name: "f",
  nodes: [node("a", "sources.csv_file"), node("b", "sources.csv_file"), node("n", "tables.filter"), node("out", "sinks.null")],
  edges: [
    { source: "a", target: "out" },
    { source: "n", target: "out2" },
  ],
};
const unwired = finding("n", "rows", "missing_wire", "input 'rows' is not wired.");

test("a missing wire comes from the only node that nothing reads", () => {
  const fix = fixOf(unwired, WIRED, kinds(WIRED));

  expect(fix?.label).toBe("Wire it to b");
  expect(fix?.apply(WIRED).edges).toContainEqual({ source: "b", target: "n" });
});

test("with several that could be meant there is no fix", () => {
  const flow = { ...WIRED, nodes: [...(WIRED.nodes ?? []), node("c", "sources.csv_file")] };

  expect(fixOf(unwired, flow, kinds(flow))).toBeNull();
});

test("a wire to a node that is not there, and one to a port that is not there", () => {
  const gone = finding("out2", "", "unknown_node", "a wire n -> out2 names 'out2', which is not a node.");
  const flow: Flow = { name: "f", nodes: [node("a", "sources.csv_file"), node("n", "tables.filter")], edges: [{ source: "a", target: "n", port: "left" }] };
  const port = finding("n", "left", "unknown_port", "tables.filter has no input 'left'.");

  expect(fixOf(gone, WIRED, kinds(WIRED))?.apply(WIRED).edges).toEqual([{ source: "a", target: "out" }]);
  expect(fixOf(port, flow, kinds(flow))?.apply(flow).edges).toEqual([{ source: "a", target: "n" }]);
});

test("fix all mends what can be mended and leaves the rest", () => {
  const flow = one("tables.group", { by: ["servic"], typo: 1, aggregates: { a: { column: "servic" } } });
  const findings = [wrongColumn("by.0"), wrongColumn("aggregates.a.column"), finding("n", "typo", "unknown_setting", "no."), finding("n", "", "build", "something else.")];

  expect(fixAll(findings, flow, kinds(flow)).nodes?.[0]?.settings).toEqual({ by: ["service"], aggregates: { a: { column: "service" } } });
});

test("a node inside of a part is mended there", () => {
  const flow: Flow = { name: "f", nodes: [node("use", "flow:clean")], edges: [], parts: { clean: { nodes: [node("n", "tables.group", { by: ["servic"] })], edges: [] } } };
  const found = { ...wrongColumn("by.0"), node: "use/n" };

  expect(fixOf(found, flow, kinds(flow))?.apply(flow).parts?.clean?.nodes?.[0]?.settings).toEqual({ by: ["service"] });
});
