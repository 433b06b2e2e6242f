/** Folded groups: one box stands for their nodes, and the wires across their border lead to it. */

import type { FlowEdge, FlowGroup, Graph } from "../types";
import { frameOf } from "./drawn";
import { edgesOf, nodesOf, type Place } from "./nodes";
import { BOX_HEIGHT, WIDTH } from "./sizes";

/** By node that is not seen: the folded group that it is in. Groups in `opened` are looked into and not folded. */
export function hiddenIn(graph: Graph, opened: ReadonlySet<string>): Map<string, string> {
  const there = new Set(nodesOf(graph).map((node) => node.id));
  const folded = (graph.groups ?? []).filter((group) => group.collapsed && !opened.has(group.id));
  return new Map(folded.flatMap((group) => group.nodes.flatMap((id): [string, string][] => (there.has(id) ? [[id, group.id]] : []))));
}

/** A wire as it is seen; `of` are the wires of the document that it stands for. */
export interface SeenWire {
  source: string;
  target: string;
  of: FlowEdge[];
}

/** The wires between what is seen: those inside of a box are gone, those from one box into one port are one. */
export function seenWires(edges: readonly FlowEdge[], hidden: ReadonlyMap<string, string>): SeenWire[] {
  if (hidden.size === 0) return edges.map((edge) => ({ source: edge.source, target: edge.target, of: [edge] }));
  const found = new Map<string, SeenWire>();
  for (const edge of edges) {
    const [source, target] = [hidden.get(edge.source) ?? edge.source, hidden.get(edge.target) ?? edge.target];
    if (source === target && hidden.has(edge.source)) continue;
    const key = [source, target, hidden.has(edge.target) ? "" : (edge.port ?? "rows")].join("\n");
    const known = found.get(key);
    if (known) known.of.push(edge);
    else found.set(key, { source, target, of: [edge] });
  }
  return [...found.values()];
}

/** What one moves about in by keyboard: boxes stand as nodes, in the place of the first of theirs. */
export function seenGraph(graph: Graph, hidden: ReadonlyMap<string, string>): Graph {
  if (hidden.size === 0) return graph;
  const boxes = new Set<string>();
  const nodes = nodesOf(graph).flatMap((node) => {
    const box = hidden.get(node.id);
    if (box === undefined) return [node];
    if (boxes.has(box)) return [];
    boxes.add(box);
    return [{ id: box, kind: "" }];
  });
  return { nodes, edges: seenWires(edgesOf(graph), hidden).map(({ source, target }) => ({ source, target })) };
}

/** Where nodes and boxes stand. */
export function seenPlaces(graph: Graph, hidden: ReadonlyMap<string, string>, places: ReadonlyMap<string, Place>): ReadonlyMap<string, Place> {
  if (hidden.size === 0) return places;
  const found = new Map(places);
  for (const group of graph.groups ?? []) {
    const frame = frameOf(group, places, () => BOX_HEIGHT);
    if (frame) found.set(group.id, boxCorner(frame));
  }
  return found;
}

/** The corner of the box that stands in the middle of the frame of its group. */
export const boxCorner = (frame: { x: number; y: number; width: number; height: number }): Place => [
  Math.round(frame.x + (frame.width - WIDTH) / 2),
  Math.round(frame.y + (frame.height - BOX_HEIGHT) / 2),
];

/** Fold or open groups; a node that is named stands for its group. */
export function withFolded<G extends Graph>(graph: G, ids: ReadonlySet<string>, collapsed: boolean): G {
  return { ...graph, groups: graph.groups?.map((group) => (isMeant(group, ids) && Boolean(group.collapsed) !== collapsed ? { ...group, collapsed } : group)) };
}

export const isMeant = (group: FlowGroup, ids: ReadonlySet<string>): boolean => ids.has(group.id) || group.nodes.some((id) => ids.has(id));
