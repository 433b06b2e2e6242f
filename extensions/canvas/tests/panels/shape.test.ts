/** Places of a schema and the inputs they want. */

import { expect, test } from "vitest";

import { highlight, marked } from "../../src/panels/code/highlight";
import { read, written } from "../../src/panels/form/plain";
import { sectionsOf } from "../../src/panels/schema/sections";
import { blank, optionOf, resolved, shapeOf } from "../../src/panels/schema/shape";
import { fault } from "../../src/panels/schema/validate";
import type { Schema } from "../../src/types";
import { withoutSecrets } from "../../src/view/step";
import { typeOf } from "./given";

test("null beside a type is a value that may be left out", () => {
  expect(shapeOf({ anyOf: [{ type: "string", format: "column" }, { type: "null" }] }, {})).toMatchObject({ is: "text", format: "column" });
});

test("references are followed and what stands beside them stays", () => {
  expect(resolved({ $ref: "#/$defs/A", description: "mine" }, { A: { type: "integer", description: "its" } })).toEqual({ type: "integer", description: "mine" });
});

const UNION: Schema = {
  oneOf: [
    { type: "object", properties: { kind: { const: "file", type: "string" }, path: { type: "string" } }, required: ["kind", "path"] },
    { type: "object", properties: { kind: { const: "port", type: "string" }, port: { type: "integer" } }, required: ["kind", "port"] },
  ],
};

test("objects that tell themselves apart by a constant are a choice", () => {
  const shape = shapeOf(UNION, {});

  expect(shape).toMatchObject({ is: "oneOf", tag: "kind", options: [{ label: "file" }, { label: "port" }] });
  expect(shape.is === "oneOf" && optionOf(shape, { kind: "port", port: 1 })).toBe(1);
  expect(blank(UNION, {})).toEqual({ kind: "file", path: "" });
});

test("constants side by side are a choice, plain types side by side one input", () => {
  expect(shapeOf({ anyOf: [{ const: 0 }, { const: 1 }] }, {})).toMatchObject({ is: "choice", options: [0, 1] });
  expect(shapeOf({ anyOf: [{ type: "string" }, { type: "integer" }] }, {}).is).toBe("scalar");
});

test.each<[Schema, unknown, string]>([
  [{ type: "integer" }, 1.5, "This has to be a whole number."],
  [{ type: "number", maximum: 1 }, 2, "At most 1."],
  [{ type: "string", pattern: "^https?://" }, "ftp://x", "This does not have the form that is expected here."],
  [{ type: "string", pattern: "(?P<x>a)" }, "a", ""],
  [{ type: "string", enum: ["a", "b"] }, "c", '"c" is none of a, b.'],
  [{ type: "object", additionalProperties: { type: "string" }, minProperties: 1 }, {}, "At least one is needed."],
  [{ anyOf: [{ type: "number" }, { type: "null" }] }, null, ""],
  [{ type: "string", minLength: 1 }, undefined, "This has to be set."],
])("%j with %j: %s", (schema, value, said) => {
  expect(fault(schema, value as never, true, {})).toBe(said);
});

test("what has to be set comes first, what has a good default last", () => {
  const sections = sectionsOf(typeOf("sources.kafka"));

  expect(sections.map((section) => section.name)).toEqual(["main", "connection", "advanced"]);
  expect(sections[0]?.settings.slice(0, 2).map((setting) => setting.name)).toEqual(["servers", "topic"]);
  expect(sections[1]?.settings.map((setting) => setting.name)).toContain("password");
});

test("plain values keep their type", () => {
  for (const value of ["a", "50", "true", 50, false, ""]) expect(read(written(value))).toBe(value);
});

test("code is cut into parts that say the same", () => {
  const text = "SELECT count(*) AS n -- all\nFROM logs WHERE x = 'it''s'";
  const parts = highlight(text, "sql");

  expect(parts.map((part) => part.text).join("")).toBe(text);
  expect(parts.filter((part) => part.tint === "word").map((part) => part.text)).toEqual(["SELECT", "AS", "FROM", "WHERE"]);
  expect(marked(parts, 7, 12).filter((part) => part.marked).map((part) => part.text)).toEqual(["count"]);
});

test("a password that stands in the flow is not drawn on its node", () => {
  expect(withoutSecrets(typeOf("sinks.postgres"), { table: "t", password: "hunter2" })).toEqual({ table: "t" });
});
