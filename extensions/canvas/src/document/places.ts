/** Places for nodes that have none in the document: computed once, then kept until someone moves them. */

import type { Graph } from "../types";
import type { Kinds } from "./kinds";
import { layered, layoutTask, type LayoutTask } from "./layout";
import { nodesOf, type Place } from "./nodes";
import { heightOf, WIDTH } from "./sizes";

/** From so many nodes on, a quick layout stands in for dagre when a flow is opened. */
export const MANY = 300;
const GAP = 60;

/** The place of every node: from the document, from before, or new. */
export function placesOf(graph: Graph, kinds: Kinds, before: ReadonlyMap<string, Place>): Map<string, Place> {
  const found = new Map<string, Place>();
  const lacking = new Set<string>();
  for (const node of nodesOf(graph)) {
    const place = node.position ?? before.get(node.id);
    if (place) found.set(node.id, place);
    else lacking.add(node.id);
  }
  if (lacking.size === 0) return found;
  const task = layoutTask(graph, kinds, lacking);
  const below = found.size === 0 ? 0 : Math.max(...nodesOf(graph).map((node) => bottom(node, found, kinds))) + GAP;
  const left = found.size === 0 ? 0 : Math.min(...[...found.values()].map(([x]) => x));
  for (const [id, [x, y]] of lacking.size > MANY ? columns(task) : layered(task)) found.set(id, [x + left, y + below]);
  return found;
}

/** `after`, with the places that were seen before written down when it gives a node another place than `before`. */
export function settled(before: Graph, after: Graph, places: ReadonlyMap<string, Place>): Graph {
  const old = new Map(nodesOf(before).map((node) => [node.id, node.position]));
  const moved = nodesOf(after).some((node) => node.position && old.get(node.id)?.join() !== node.position.join());
  if (!moved || nodesOf(after).every((node) => node.position)) return after;
  return {
    ...after,
    nodes: nodesOf(after).map((node) => {
      const place = node.position ?? places.get(node.id);
      return place ? { ...node, position: place } : node;
    }),
  };
}

/** One column for each distance from the sources; quick, and good enough to begin with. */
export function columns(task: LayoutTask): [string, Place][] {
  const sources = new Map<string, string[]>();
  for (const edge of task.edges) sources.set(edge.target, [...(sources.get(edge.target) ?? []), edge.source]);
  const depth = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    depth.set(id, 0);
    const found = Math.max(-1, ...(sources.get(id) ?? []).map(depthOf)) + 1;
    depth.set(id, found);
    return found;
  };
  const filled = new Map<number, number>();
  return task.nodes.map(({ id, height }) => {
    const column = depthOf(id);
    const y = filled.get(column) ?? 0;
    filled.set(column, y + height + 30);
    return [id, [column * (WIDTH + 70), y]];
  });
}

const bottom = (node: { id: string; kind: string }, found: ReadonlyMap<string, Place>, kinds: Kinds): number =>
  (found.get(node.id)?.[1] ?? -Infinity) + heightOf(kinds, node.kind);
