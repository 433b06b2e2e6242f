/** Which settings come first: what a node is about, how it connects, and what has a good default. */

import type { Json, NodeType, Schema, Settings } from "../../types";
import { optional, same, shapeOf, type Defs } from "./shape";

export type SectionName = "main" | "connection" | "advanced";

export interface Setting {
  name: string;
  schema: Schema;
  required: boolean;
}

export interface Section {
  name: SectionName;
  title: string;
  settings: Setting[];
}

/** A form of so few settings needs no sections. */
const FEW = 6;
const TITLES: Record<SectionName, string> = { main: "Settings", connection: "Connection", advanced: "Advanced" };
const ORDER: SectionName[] = ["main", "connection", "advanced"];
const CONNECTS = new Set(
  (
    "host port user password database servers broker brokers url uri endpoint server address account region security mechanism " +
    "encryption tls ssl ca_file cert_file key_file client_id virtual_host auth_database replica_set token access_key secret_key " +
    "credential credentials_file service_account warehouse catalog catalog_uri tenant namespace emulator path_style api_key webhook transport"
  ).split(" "),
);

export const defsOf = (type: NodeType): Defs => type.settings.$defs ?? {};

export function settingsOf(type: NodeType): Setting[] {
  const required = new Set(type.settings.required);
  return Object.entries(type.settings.properties ?? {}).map(([name, schema]) => ({ name, schema, required: required.has(name) }));
}

export function sectionsOf(type: NodeType): Section[] {
  const found: Record<SectionName, Setting[]> = { main: [], connection: [], advanced: [] };
  const settings = settingsOf(type);
  const defs = defsOf(type);
  for (const setting of settings) found[settings.length <= FEW ? "main" : place(type, setting, defs)].push(setting);
  // Whatever is asked for stands before what may be left alone.
  for (const list of Object.values(found)) list.sort((one, other) => Number(other.required) - Number(one.required));
  return ORDER.flatMap((name) => (found[name].length > 0 ? [{ name, title: TITLES[name], settings: found[name] }] : []));
}

function place(type: NodeType, { name, schema, required }: Setting, defs: Defs): SectionName {
  const { schema: inner, nullable } = optional(schema, defs);
  const shape = shapeOf(schema, defs);
  const outside = type.testable || !type.output || type.inputs.length === 0;
  if (required) return "main";
  if (outside && (inner.format === "secret" || CONNECTS.has(name))) return "connection";
  if (["map", "list", "choice", "oneOf"].includes(shape.is) && name !== "options" && name !== "headers") return "main";
  if (shape.is === "text" && (inner.format ?? "") !== "" && !nullable) return "main";
  return "advanced";
}

/** How many settings of a section are other than their defaults. */
export const changedIn = (section: Section, settings: Settings): number =>
  section.settings.filter(({ name, schema }) => settings[name] !== undefined && !same(settings[name], schema.default as Json)).length;
