/** What kind of input a place in a JSON Schema wants: the form is a loop over this, and knows no node. */

import type { Json, Schema } from "../../types";

export type Shape =
  | { is: "text"; format: string; schema: Schema }
  | { is: "number"; whole: boolean; schema: Schema }
  | { is: "boolean"; schema: Schema }
  | { is: "choice"; options: Json[]; schema: Schema }
  | { is: "fixed"; value: Json; schema: Schema }
  | { is: "list"; item: Schema; schema: Schema }
  | { is: "tuple"; items: Schema[]; schema: Schema }
  | { is: "map"; name: Schema; value: Schema; schema: Schema }
  | { is: "object"; fields: Record<string, Schema>; required: string[]; schema: Schema }
  | { is: "oneOf"; options: { label: string; schema: Schema }[]; tag: string; schema: Schema }
  | { is: "scalar"; schema: Schema }
  | { is: "json"; schema: Schema };

export type Defs = Record<string, Schema>;

/** A schema with its references followed and what stands beside them kept. */
export function resolved(schema: Schema, defs: Defs): Schema {
  if (schema.$ref === undefined) return schema.allOf?.length === 1 ? { ...resolved(schema.allOf[0] ?? {}, defs), ...without(schema) } : schema;
  const target = defs[schema.$ref.split("/").at(-1) ?? ""] ?? {};
  return { ...resolved(target, defs), ...without(schema) };
}

/** Whether there may be no value, and the schema of one that is there. */
export function optional(given: Schema, defs: Defs): { schema: Schema; nullable: boolean } {
  const schema = resolved(given, defs);
  const options = schema.anyOf ?? schema.oneOf;
  if (!options?.some((one) => one.type === "null")) return { schema, nullable: false };
  const rest = options.filter((one) => one.type !== "null");
  const { anyOf: _any, oneOf: _one, ...outer } = schema;
  const [only] = rest;
  if (rest.length === 1 && only) return { schema: { ...resolved(only, defs), ...outer }, nullable: true };
  return { schema: { ...outer, anyOf: rest }, nullable: true };
}

export function shapeOf(given: Schema, defs: Defs): Shape {
  const { schema } = optional(given, defs);
  if (schema.const !== undefined) return { is: "fixed", value: schema.const, schema };
  if (schema.enum) return { is: "choice", options: schema.enum, schema };
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return union(options, schema, defs);
  switch (schema.type) {
    case "string":
      return { is: "text", format: schema.format ?? "", schema };
    case "integer":
    case "number":
      return { is: "number", whole: schema.type === "integer", schema };
    case "boolean":
      return { is: "boolean", schema };
    case "array":
      if (schema.prefixItems) return { is: "tuple", items: schema.prefixItems, schema };
      return schema.items ? { is: "list", item: schema.items, schema } : { is: "json", schema };
    case "object":
      if (schema.properties) return { is: "object", fields: schema.properties, required: schema.required ?? [], schema };
      if (typeof schema.additionalProperties === "object") {
        return { is: "map", name: schema.propertyNames ?? { type: "string" }, value: schema.additionalProperties, schema };
      }
      return { is: "json", schema };
    default:
      return { is: "json", schema };
  }
}

const SCALARS = new Set(["string", "integer", "number", "boolean"]);

function union(options: Schema[], schema: Schema, defs: Defs): Shape {
  const inner = options.map((one) => resolved(one, defs));
  if (inner.every((one) => SCALARS.has(one.type ?? "") && one.const === undefined && !one.enum)) return { is: "scalar", schema };
  if (inner.every((one) => one.const !== undefined)) return { is: "choice", options: inner.map((one) => one.const ?? null), schema };
  const tag = schema.discriminator?.propertyName ?? commonTag(inner);
  const labelled = inner.map((one, index) => ({ label: labelOf(one, tag, index), schema: one }));
  return { is: "oneOf", options: labelled, tag, schema };
}

/** The field by which objects of a union tell themselves apart: a constant in each. */
const commonTag = (inner: Schema[]): string =>
  Object.keys(inner[0]?.properties ?? {}).find((name) => inner.every((one) => one.properties?.[name]?.const !== undefined)) ?? "";

function labelOf(schema: Schema, tag: string, index: number): string {
  const value = tag ? schema.properties?.[tag]?.const : undefined;
  return value !== undefined ? String(value) : (schema.title ?? schema.type ?? `Choice ${index + 1}`);
}

/** Which option of a union a value is; the first when none fits. */
export function optionOf(shape: Extract<Shape, { is: "oneOf" }>, value: Json | undefined): number {
  const fits = (schema: Schema): boolean => {
    if (shape.tag && isObject(value)) return schema.properties?.[shape.tag]?.const === value[shape.tag];
    return typeOf(value) === schema.type || (schema.type === "number" && typeof value === "number");
  };
  return Math.max(0, shape.options.findIndex((option) => fits(option.schema)));
}

/** A first value for something new: the default, else what is empty of its kind. */
export function blank(given: Schema, defs: Defs): Json {
  const { schema, nullable } = optional(given, defs);
  if (given.default !== undefined) return given.default;
  if (nullable) return null;
  const shape = shapeOf(schema, defs);
  switch (shape.is) {
    case "fixed":
      return shape.value;
    case "choice":
      return shape.options[0] ?? null;
    case "number":
      return schema.minimum ?? 0;
    case "boolean":
      return false;
    case "list":
      return [];
    case "tuple":
      return shape.items.map((item) => blank(item, defs));
    case "object": {
      const needed = Object.entries(shape.fields).filter(([name]) => shape.required.includes(name));
      return Object.fromEntries(needed.map(([name, field]) => [name, blank(field, defs)]));
    }
    case "oneOf":
      return shape.options[0] ? blank(shape.options[0].schema, defs) : null;
    case "map":
    case "json":
      return {};
    default:
      return "";
  }
}

export const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const same = (one: Json | undefined, other: Json | undefined): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => sorted(one) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key]) ?? null]));
}

const typeOf = (value: Json | undefined): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value === "number" ? (Number.isInteger(value) ? "integer" : "number") : typeof value === "object" ? "object" : typeof value === "boolean" ? "boolean" : "string";

function without(schema: Schema): Schema {
  const { $ref: _ref, allOf: _all, ...rest } = schema;
  return rest;
}
