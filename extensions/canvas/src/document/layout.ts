/** Tidy: a layered layout from left to right, by dagre. */

import dagre from "@dagrejs/dagre";

import type { Graph } from "../types";
import type { Kinds } from "./kinds";
import { edgesOf, nodesOf, type Place } from "./nodes";
import { heightOf, WIDTH } from "./sizes";

/** What a layout needs to know, as plain data that can be sent to a worker. */
export interface LayoutTask {
  nodes: { id: string; height: number }[];
  edges: { source: string; target: string }[];
}

export const layoutTask = (graph: Graph, kinds: Kinds, only?: ReadonlySet<string>): LayoutTask => {
  const nodes = nodesOf(graph).filter((node) => !only || only.has(node.id));
  const ids = new Set(nodes.map((node) => node.id));
  return {
    nodes: nodes.map((node) => ({ id: node.id, height: heightOf(kinds, node.kind) })),
    edges: edgesOf(graph).filter((edge) => ids.has(edge.source) && ids.has(edge.target)),
  };
};

/** Where each node goes: upper left corners, the first at 0, 0. */
export function layered(task: LayoutTask): [string, Place][] {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 30, ranksep: 56 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of task.nodes) graph.setNode(node.id, { width: WIDTH, height: node.height });
  for (const edge of task.edges) graph.setEdge(edge.source, edge.target);
  dagre.layout(graph);
  const corners = task.nodes.map(({ id, height }): [string, Place] => {
    const { x, y } = graph.node(id);
    return [id, [Math.round(x - WIDTH / 2), Math.round(y - height / 2)]];
  });
  const [left, top] = [Math.min(...corners.map(([, at]) => at[0])), Math.min(...corners.map(([, at]) => at[1]))];
  return corners.map(([id, at]) => [id, [at[0] - left, at[1] - top]]);
}
