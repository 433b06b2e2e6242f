/** Wires: which may be drawn, and why not; drawing, cutting, putting a node on one. */

import { edgeId, portOf, type FlowEdge, type Graph, type NodeType } from "../types";
import type { Kinds } from "./kinds";
import { edgesOf, nodeOf } from "./nodes";

export const wire = (source: string, target: string, port: string): FlowEdge =>
  port === "rows" ? { source, target } : { source, target, port };

/** Why a wire cannot be drawn, as a sentence; empty when it can. */
export function refusal(graph: Graph, kinds: Kinds, source: string, target: string, port: string): string {
  const from = nodeOf(graph, source);
  const to = nodeOf(graph, target);
  if (!from || !to) return "One end of the wire is not there.";
  if (source === target) return `${source} cannot read from itself.`;
  const [giving, taking] = [kinds.get(from.kind), kinds.get(to.kind)];
  if (giving && !giving.output) return `${source} only writes; no rows come out of it.`;
  if (taking && taking.inputs.length === 0) return `${target} is a source; it takes no rows.`;
  const input = taking?.inputs.find((one) => one.name === port);
  if (taking && !input) return `${target} has no input ${JSON.stringify(port)}.`;
  const there = edgesOf(graph).filter((edge) => edge.target === target && portOf(edge) === port);
  if (there.some((edge) => edge.source === source)) return `${source} feeds ${target} already.`;
  if (there.length > 0 && !input?.many) return `Input ${port} of ${target} already reads from ${there[0]?.source}.`;
  if (reaches(graph, target, source)) return `That would be a circle: ${source} reads from ${target}.`;
  return "";
}

/** Whether rows of one node get to another. */
export function reaches(graph: Graph, from: string, to: string): boolean {
  const next = new Map<string, string[]>();
  for (const edge of edgesOf(graph)) next.set(edge.source, [...(next.get(edge.source) ?? []), edge.target]);
  const seen = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true;
    if (!seen.has(id)) open.push(...(next.get(id) ?? []));
    seen.add(id);
  }
  return false;
}

export function connect<G extends Graph>(graph: G, source: string, target: string, port: string): G {
  return { ...graph, edges: [...edgesOf(graph), wire(source, target, port)] };
}

/** Cut wires, named by `edgeId`. */
export function cut<G extends Graph>(graph: G, ids: ReadonlySet<string>): G {
  return { ...graph, edges: edgesOf(graph).filter((edge) => !ids.has(edgeId(edge))) };
}

/** Lead a wire through a node: what it fed reads from the node, and the node from its source. */
export function insertOn<G extends Graph>(graph: G, kinds: Kinds, edge: FlowEdge, id: string): G | string {
  const type = kinds.get(nodeOf(graph, id)?.kind ?? "");
  const port = type?.inputs[0]?.name;
  if (!type?.output || port === undefined) return `${id} does not both take and give rows, so it cannot stand on a wire.`;
  const without = cut(graph, new Set([edgeId(edge)]));
  const first = refusal(without, kinds, edge.source, id, port);
  if (first) return first;
  const half = connect(without, edge.source, id, port);
  return refusal(half, kinds, id, edge.target, portOf(edge)) || connect(half, id, edge.target, portOf(edge));
}

/** Node types that fit the loose end of a wire: what can read from a node, or what can feed a port. */
export const fitting = (types: Iterable<NodeType>, end: "reads" | "feeds"): NodeType[] =>
  [...types].filter((type) => (end === "reads" ? type.inputs.length > 0 : type.output));
