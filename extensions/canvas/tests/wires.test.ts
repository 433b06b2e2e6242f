// @vitest-environment node
import { expect, test } from "vitest";

import { kindsOf } from "../src/document/kinds";
import { addNode } from "../src/document/nodes";
import { connect, fitting, insertOn, refusal } from "../src/document/wires";
import type { Flow } from "../src/types";
import { CATALOG, LINE } from "./small";

const kinds = kindsOf(CATALOG, {});
const more = ["join:tables.join", "concat:tables.concat", "filter_2:tables.filter"].reduce((flow: Flow, text) => {
  const [id = "", kind = ""] = text.split(":");
  return addNode(flow, { id, kind });
}, LINE);

test.each([
  ["file", "filter_2", "rows", ""],
  ["file", "join", "right", ""],
  ["file", "concat", "rows", ""],
  ["filter", "filter", "rows", "filter cannot read from itself."],
  ["table", "filter_2", "rows", "table only writes; no rows come out of it."],
  ["filter", "file", "rows", "file is a source; it takes no rows."],
  ["file", "join", "rows", 'join has no input "rows".'],
  ["file", "filter", "rows", "file feeds filter already."],
  ["file", "table", "rows", "Input rows of table already reads from filter."],
  ["filter", "nowhere", "rows", "One end of the wire is not there."],
])("%s -> %s.%s is refused with: %j", (source, target, port, said) => {
  expect(refusal(more, kinds, source, target, port)).toBe(said);
});

test("a wire that closes a circle is refused", () => {
  const wired = connect(connect(more, "filter_2", "concat", "rows"), "concat", "join", "left");
  expect(refusal(wired, kinds, "concat", "filter_2", "rows")).toBe("That would be a circle: concat reads from filter_2.");
});

test("an input that takes many wires takes a second one", () => {
  const once = connect(more, "file", "concat", "rows");
  expect(refusal(once, kinds, "filter", "concat", "rows")).toBe("");
});

test("the port is written down only when it is not rows", () => {
  expect(connect<Flow>({ name: "f" }, "a", "b", "rows").edges).toEqual([{ source: "a", target: "b" }]);
  expect(connect<Flow>({ name: "f" }, "a", "b", "left").edges).toEqual([{ source: "a", target: "b", port: "left" }]);
});

test("a node that is put on a wire reads from its source and feeds its target", () => {
  const put = insertOn(more, kinds, { source: "filter", target: "table" }, "filter_2");
  expect(typeof put === "string" ? put : put.edges).toEqual([
    { source: "file", target: "filter" },
    { source: "filter", target: "filter_2" },
    { source: "filter_2", target: "table" },
  ]);
});

test("a source cannot be put on a wire", () => {
  const flow = addNode(LINE, { id: "other", kind: "sources.file" });
  expect(insertOn(flow, kinds, { source: "filter", target: "table" }, "other")).toMatch(/does not both take and give/);
});

test("only what fits is offered at the loose end of a wire", () => {
  expect(fitting(CATALOG, "reads").map((type) => type.kind)).toEqual(["tables.filter", "tables.join", "tables.concat", "sinks.table"]);
  expect(fitting(CATALOG, "feeds").map((type) => type.kind)).toEqual(["sources.file", "tables.filter", "tables.join", "tables.concat"]);
});
