/** Copies of nodes beside them: they read what the originals read, and nothing reads from them yet. */

import { edgeId, type Flow, type Graph } from "../types";
import { clipOf, paste } from "./clipboard";
import { edgesOf, type Place } from "./nodes";
import { freeShift } from "./spots";

const BESIDE: Place = [30, 30];

export interface Duplicated {
  flow: Flow;
  graph: Graph;
  /** What to select then: the copies. */
  put: string[];
  /** How many nodes were copied. */
  count: number;
}

export function duplicated(flow: Flow, graph: Graph, ids: ReadonlySet<string>, places: ReadonlyMap<string, Place>): Duplicated {
  const clip = clipOf(flow, graph, ids, places);
  const corners = clip.nodes.map((node): Place => node.position ?? [0, 0]);
  const done = paste(flow, graph, clip, freeShift(places.values(), corners, BESIDE));
  const copies = new Map(clip.nodes.map((node, index) => [node.id, done.put[index] ?? ""]));
  const into = edgesOf(graph)
    .filter((edge) => copies.has(edge.target) && !copies.has(edge.source))
    .map((edge) => ({ ...edge, target: copies.get(edge.target) ?? "" }));
  return { flow: done.flow, graph: { ...done.graph, edges: [...edgesOf(done.graph), ...into] }, put: [...done.put, ...into.map(edgeId)], count: clip.nodes.length };
}
