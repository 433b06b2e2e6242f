/** The text of a flow, to the letter as `workbench.flow.text` in Python writes it: opening and saving changes nothing. */

import type { Flow, Json } from "../types";

/** What is written, in the order in which it is: an object would put names that are numbers first. */
type Written = string | Written[] | Map<string, Written>;
type Write = (value: Json) => Written;

export const flowText = (flow: Flow): string => `${laidOut(flowWritten(flow as unknown as Json), "")}\n`;

const isObject = (value: Json | undefined): value is { [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

const plain: Write = (value) => (Array.isArray(value) ? value.map(plain) : isObject(value) ? fields(value, {}) : scalar(value));

/** What lies inside of a setting keeps its order: a map of columns is the order of the columns. */
const kept: Write = (value) => (Array.isArray(value) ? value.map(kept) : isObject(value) ? picked(value, rowNames(value), () => kept) : scalar(value));

const settings: Write = (value) => (isObject(value) ? picked(value, byCodePoint(value), () => kept) : plain(value));

/** Places are floats in Python: 320 is written as 320.0 there. */
const floats: Write = (value) => (Array.isArray(value) ? value.map((one) => (typeof one === "number" ? float(one) : plain(one))) : plain(value));

const each = (inner: Record<string, Write>): Write => (value) => (Array.isArray(value) ? value.map((one) => (isObject(one) ? fields(one, inner) : plain(one))) : plain(value));

const GRAPH = { nodes: each({ settings, position: floats }), notes: each({ position: floats, size: floats }) };
const RUN = { tap_share: (value: Json): Written => (typeof value === "number" ? float(value) : plain(value)) };

const part: Write = (value) => (isObject(value) ? fields(value, GRAPH) : plain(value));
const parts: Write = (value) => (isObject(value) ? picked(value, byCodePoint(value), () => part) : plain(value));
const flowWritten: Write = (value) => (isObject(value) ? fields(value, { ...GRAPH, parts, run: (run) => (isObject(run) ? fields(run, RUN) : plain(run)) }) : plain(value));

function fields(value: { [key: string]: Json }, inner: Record<string, Write>): Written {
  return picked(value, byCodePoint(value), (name) => (Object.hasOwn(inner, name) ? inner[name] : undefined) ?? plain);
}

function picked(value: { [key: string]: Json }, names: string[], how: (name: string) => Write): Written {
  const made = new Map<string, Written>();
  for (const name of names) {
    const one = value[name];
    if (one !== undefined) made.set(name, how(name)(one));
  }
  return made;
}

/** A browser has lost the order of maps in which a name is a whole number; they are sorted, here as in Python. */
const rowNames = (value: { [key: string]: Json }): string[] => (Object.keys(value).some((name) => /^(0|[1-9][0-9]*)$/.test(name)) ? byCodePoint(value) : Object.keys(value));

/** As Python sorts; JavaScript alone would sort by halves of characters. */
function byCodePoint(value: object): string[] {
  const points = (name: string): number[] => Array.from(name, (letter) => letter.codePointAt(0) ?? 0);
  return Object.keys(value).sort((one, other) => {
    const [mine, theirs] = [points(one), points(other)];
    const at = mine.findIndex((point, place) => point !== theirs[place]);
    return at < 0 ? mine.length - theirs.length : at >= theirs.length ? 1 : (mine[at] ?? 0) - (theirs[at] ?? 0);
  });
}

const scalar = (value: Json): string => (typeof value === "number" && !Number.isInteger(value) ? float(value) : JSON.stringify(value));

/** A number as Python writes a float. */
function float(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e16 || size < 1e-4)) return value.toExponential().replace(/([+-])(\d)$/, "$10$2");
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

function laidOut(value: Written, indent: string): string {
  if (typeof value === "string") return value;
  const inner = `${indent}  `;
  const lines = Array.isArray(value) ? value.map((one) => laidOut(one, inner)) : [...value].map(([name, one]) => `${JSON.stringify(name)}: ${laidOut(one, inner)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return lines.length === 0 ? open + close : `${open}\n${lines.map((line) => inner + line).join(",\n")}\n${indent}${close}`;
}
