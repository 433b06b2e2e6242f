/** What differs between two versions, as a flow that holds both and marks on its nodes and wires. */

import { edgesOf, nodesOf } from "../../document/nodes";
import { edgeId, type Flow, type FlowEdge, type Json, type Mark, type Overlay } from "../../types";

/** `workbench.flow.change.Change`. */
export interface Change {
  what: "flow" | "added" | "removed" | "kind" | "setting" | "order" | "field" | "rewired" | "moved" | "reordered" | "drawn";
  node: string;
  path: string[];
  before: Json;
  after: Json;
  was_set: boolean;
  is_set: boolean;
}

/** `workbench.tools.flow_drafts.FlowDiff`. */
export interface FlowDiff {
  before: string;
  after: string;
  changes: Change[];
  layout_only: boolean;
}

export interface Compared {
  flow: Flow;
  overlay: Overlay;
}

const LAYOUT = new Set(["moved", "reordered", "drawn"]);

/** The newer flow, with what was removed put back as ghosts where it stood. */
export function compared(before: Flow, after: Flow, changes: readonly Change[]): Compared {
  const marks = new Map<string, Mark>();
  for (const change of changes) {
    if (!change.node || LAYOUT.has(change.what)) continue;
    if (change.what === "added" || change.what === "removed") marks.set(change.node, change.what);
    else if (change.what !== "rewired" && !marks.has(change.node)) marks.set(change.node, "changed");
  }
  const there = new Set(nodesOf(after).map((node) => node.id));
  const ghosts = nodesOf(before).filter((node) => !there.has(node.id));
  const [old, now] = [new Map(edgesOf(before).map((edge) => [edgeId(edge), edge])), new Map(edgesOf(after).map((edge) => [edgeId(edge), edge]))];
  const gone = [...old].filter(([id]) => !now.has(id));
  const overlay: Overlay = { nodes: {}, edges: {} };
  for (const [id, mark] of marks) overlay.nodes = { ...overlay.nodes, [id]: { mark, ...captionOf(changes, id) } };
  for (const [id] of gone) overlay.edges = { ...overlay.edges, [id]: { mark: "removed" } };
  for (const [id] of now) if (!old.has(id)) overlay.edges = { ...overlay.edges, [id]: { mark: "added" } };
  const edges: FlowEdge[] = [...edgesOf(after), ...gone.map(([, edge]) => edge)];
  return { flow: { ...after, nodes: [...nodesOf(after), ...ghosts], edges }, overlay };
}

function captionOf(changes: readonly Change[], node: string): { caption?: string } {
  const own = changes.filter((change) => change.node === node && ["kind", "setting", "order", "field"].includes(change.what));
  const [first] = own;
  if (!first) return {};
  const name = first.what === "kind" ? "kind" : first.path.join(".");
  return { caption: own.length === 1 ? `${name}: ${before(first)} → ${after(first)}` : `${own.length} settings changed` };
}

const before = (change: Change): string => (change.what === "order" ? cut(sources(change.before)) : value(change.before, change.was_set));
const after = (change: Change): string => (change.what === "order" ? cut(sources(change.after)) : value(change.after, change.is_set));

export function value(given: Json, isSet: boolean): string {
  if (!isSet) return "not set";
  const text = typeof given === "string" ? given : JSON.stringify(given);
  return text === "" ? "empty" : cut(text);
}

const cut = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

export interface Told {
  key: string;
  mark: Mark | "rewired" | "layout";
  node: string;
  place: string;
  from: string;
  to: string;
}

const sources = (given: Json): string => (Array.isArray(given) && given.length > 0 ? given.join(", ") : "nothing");

/** One line for each change; places on the canvas, and what is drawn around the nodes, in one line together. */
export function lines(changes: readonly Change[]): Told[] {
  const moved = changes.filter((change) => change.what === "moved").map((change) => change.node);
  const found = changes
    .filter((change) => !LAYOUT.has(change.what))
    .map((change, index): Told => {
      const base = { key: `${index}`, node: change.node, place: [change.node || "flow", ...change.path].join(".") };
      if (change.what === "added" || change.what === "removed") return { ...base, mark: change.what, place: change.node, from: "", to: kindOf(change.what === "added" ? change.after : change.before) };
      if (change.what === "rewired") return { ...base, mark: "rewired", from: sources(change.before), to: sources(change.after) };
      const place = change.what === "kind" ? `${change.node}: kind` : change.what === "order" ? `${base.place} (order)` : base.place;
      return { ...base, mark: "changed", place, from: before(change), to: after(change) };
    });
  const drawn = changes.some((change) => change.what === "drawn");
  if (drawn) found.push({ key: "drawn", mark: "layout", node: "", place: "notes and groups", from: "", to: "drawn otherwise" });
  return moved.length > 0 ? [...found, { key: "moved", mark: "layout", node: "", place: "moved", from: "", to: moved.join(", ") }] : found;
}

const kindOf = (node: Json): string => (node && typeof node === "object" && !Array.isArray(node) ? String(node.kind ?? "") : "");
