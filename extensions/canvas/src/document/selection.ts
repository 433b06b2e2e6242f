/** What is selected: ids of nodes, notes and groups, and wires by `edgeId`. */

import { edgeId, type Graph } from "../types";
import { idsOf } from "./nodes";

export type Selection = ReadonlySet<string>;

export const NOTHING: Selection = new Set();

/** The selection without what is no more in a graph; the same one when all of it is there. */
export function stillThere(selection: Selection, graph: Graph): Selection {
  const there = idsOf(graph);
  for (const edge of graph.edges ?? []) there.add(edgeId(edge));
  for (const one of [...(graph.notes ?? []), ...(graph.groups ?? [])]) there.add(one.id);
  const left = [...selection].filter((id) => there.has(id));
  return left.length === selection.size ? selection : new Set(left);
}
