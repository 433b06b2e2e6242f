/** Tidy: a layered layout from left to right, by dagre. */

import dagre from "@dagrejs/dagre";

import type { Graph } from "../types";
import type { Kinds } from "./kinds";
import { edgesOf, nodesOf, type Place } from "./nodes";
import { heightOf, WIDTH } from "./sizes";

/** What a layout needs to know, as plain data that can be sent to a worker; an edge with a label has its size. */
export interface LayoutTask {
  nodes: { id: string; height: number }[];
  edges: { source: string; target: string; width?: number; height?: number }[];
}

export interface Spacing {
  /** Of each node, in pixels. */
  width: number;
  /** Between nodes of a layer. */
  nodesep: number;
  /** Between layers. */
  ranksep: number;
}

const OF_FLOWS: Spacing = { width: WIDTH, nodesep: 30, ranksep: 56 };

export const layoutTask = (graph: Graph, kinds: Kinds, only?: ReadonlySet<string>): LayoutTask => {
  const nodes = nodesOf(graph).filter((node) => !only || only.has(node.id));
  const ids = new Set(nodes.map((node) => node.id));
  return {
    nodes: nodes.map((node) => ({ id: node.id, height: heightOf(kinds, node.kind) })),
    edges: edgesOf(graph).filter((edge) => ids.has(edge.source) && ids.has(edge.target)),
  };
};

export interface Spot {
  x: number;
  y: number;
}

export interface LaidOut {
  width: number;
  height: number;
  /** Middle of a node. */
  middle(id: string): Spot;
  /** The way of an edge around what is between, and the middle of its label when it has one. */
  way(source: string, target: string): { points: Spot[] } & Partial<Spot>;
}

export function laidOut(task: LayoutTask, { width: wide, nodesep, ranksep }: Spacing): LaidOut {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep, ranksep });
  for (const node of task.nodes) graph.setNode(node.id, { width: wide, height: node.height });
  for (const { source, target, width, height } of task.edges) graph.setEdge(source, target, width && height ? { width, height, labelpos: "c" } : {});
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph() as Partial<LaidOut>;
  return { width, height, middle: (id) => graph.node(id), way: (source, target) => graph.edge(source, target) };
}

/** Where each node goes: upper left corners, the first at 0, 0. */
export function layered(task: LayoutTask): [string, Place][] {
  const drawn = laidOut(task, OF_FLOWS);
  const corners = task.nodes.map(({ id, height }): [string, Place] => {
    const { x, y } = drawn.middle(id);
    return [id, [Math.round(x - WIDTH / 2), Math.round(y - height / 2)]];
  });
  const [left, top] = [Math.min(...corners.map(([, at]) => at[0])), Math.min(...corners.map(([, at]) => at[1]))];
  return corners.map(([id, at]) => [id, [at[0] - left, at[1] - top]]);
}
