/** From the figures of a run to what is drawn over the flow: states, rates on wires, errors, lag, a line of the last rates. */

import { isPart, partName } from "../../document/kinds";
import { edgesOf, nodesOf } from "../../document/nodes";
import { overlayAt } from "../../document/sums";
import { edgeId, type EdgeOverlay, type Flow, type Graph, type NodeOverlay, type Overlay, type RunState } from "../../types";

/** `workbench.facts.metrics.NodeMetrics`. */
export interface NodeMetrics {
  node: string;
  rows_in: number | null;
  rows_out: number | null;
  rows_per_s: number;
  lag_ms: number | null;
  errors: number;
  last_error: string;
  waiting: number;
}

/** `workbench.tools.metrics.RunMetrics`. */
export interface RunMetrics {
  run_id: string;
  now: { taken_unix_nano: number; nodes: NodeMetrics[] } | null;
  before: { taken_unix_nano: number; nodes: NodeMetrics[] }[];
}

const ACTIVE: readonly string[] = ["pending", "starting", "running", "stopping"];
const HISTORY = 40;

export const isActive = (state: string): boolean => ACTIVE.includes(state);

export function overlayOf(flow: Flow, metrics: RunMetrics, run: NonNullable<Overlay["run"]>): Overlay {
  const nodes: Record<string, NodeOverlay> = {};
  const frames = [...metrics.before, ...(metrics.now ? [metrics.now] : [])].slice(-HISTORY);
  for (const one of metrics.now?.nodes ?? []) {
    const history = frames.flatMap((frame) => frame.nodes.filter((each) => each.node === one.node).map((each) => each.rows_per_s));
    nodes[one.node] = nodeOverlay(one, history, run.state);
  }
  // A node that gives to several gives each of them all of its rows.
  return { run, nodes, edges: isActive(run.state) ? ratesIn(flow, flow, nodes, "") : {} };
}

/** The rates on the wires of a graph and of the parts that ran in it. */
function ratesIn(flow: Flow, graph: Graph, nodes: Record<string, NodeOverlay>, prefix: string): Record<string, EdgeOverlay> {
  const kinds = new Map(nodesOf(graph).map((node) => [node.id, node.kind]));
  const edges: Record<string, EdgeOverlay> = {};
  for (const edge of edgesOf(graph)) {
    const [source, target] = [prefix + edge.source, prefix + edge.target];
    const rate = overlayAt(flow, nodes, source, kinds.get(edge.source) ?? "")?.rows_per_s;
    if (rate !== undefined) edges[edgeId({ ...edge, source, target })] = { rows_per_s: rate };
  }
  for (const [id, kind] of kinds) {
    const within = `${prefix}${id}/`;
    const part = isPart(kind) ? flow.parts?.[partName(kind)] : undefined;
    if (part && Object.keys(nodes).some((name) => name.startsWith(within))) Object.assign(edges, ratesIn(flow, part, nodes, within));
  }
  return edges;
}

function nodeOverlay(one: NodeMetrics, history: number[], state: RunState): NodeOverlay {
  const active = isActive(state);
  const idle = active && one.rows_per_s === 0 && !one.rows_out && !one.rows_in;
  return {
    state: one.errors > 0 ? "error" : idle ? "waiting" : state,
    errors: one.errors,
    lag_ms: active ? one.lag_ms : null,
    ...(active && { rows_per_s: one.rows_per_s, history }),
    ...(one.rows_in !== null && { rows_in: one.rows_in }),
    ...(one.rows_out !== null && { rows_out: one.rows_out }),
    ...(one.last_error && { last_error: one.last_error }),
  };
}
