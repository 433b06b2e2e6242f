/** Nodes by the ids that findings, columns and metrics name them by: those of parts are joined by `/`. */

import { isPart, partName } from "../../document/kinds";
import { nodeOf } from "../../document/nodes";
import type { Flow, Graph } from "../../types";

/** Names of the parts that one has to open to get to a node; null when the way does not exist. */
export function wayTo(flow: Flow, full: string): { parts: string[]; id: string } | null {
  const names = full.split("/");
  const id = names.pop() ?? "";
  const parts: string[] = [];
  let graph: Graph = flow;
  for (const name of names) {
    const kind = nodeOf(graph, name)?.kind ?? "";
    const next = isPart(kind) ? flow.parts?.[partName(kind)] : undefined;
    if (!next) return null;
    parts.push(partName(kind));
    graph = next;
  }
  return { parts, id };
}

/** The node whose rows come out of a node: itself, or the output of the part that it stands for. */
export function outputOf(flow: Flow, full: string): string {
  const way = wayTo(flow, full);
  const part = way?.parts.at(-1);
  const kind = way ? (nodeOf(part === undefined ? flow : (flow.parts?.[part] ?? {}), way.id)?.kind ?? "") : "";
  const output = isPart(kind) ? flow.parts?.[partName(kind)]?.output : undefined;
  return output === undefined ? full : outputOf(flow, `${full}/${output}`);
}

export function isThere(flow: Flow, full: string): boolean {
  const way = wayTo(flow, full);
  const part = way?.parts.at(-1);
  return way !== null && nodeOf(part === undefined ? flow : (flow.parts?.[part] ?? {}), way.id) !== undefined;
}

/** Change the graph in which a node stands. */
export function inGraph(flow: Flow, full: string, change: (graph: Graph, id: string) => Graph): Flow {
  const way = wayTo(flow, full);
  if (!way) return flow;
  const part = way.parts.at(-1);
  if (part === undefined) return change(flow, way.id) as Flow;
  const before = flow.parts?.[part] ?? {};
  const after = change(before, way.id);
  return after === before ? flow : { ...flow, parts: { ...flow.parts, [part]: after } };
}
