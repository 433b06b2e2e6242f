/** From the figures of a run to what is drawn over the flow: states, rates on wires, errors, lag, a line of the last rates. */

import { edgesOf } from "../../document/nodes";
import { edgeId, type EdgeOverlay, type Flow, type NodeOverlay, type Overlay, type RunState } from "../../types";

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
  const edges: Record<string, EdgeOverlay> = {};
  for (const edge of edgesOf(flow)) {
    const source = nodes[edge.source];
    // A node that gives to several gives each of them all of its rows.
    if (source?.rows_per_s !== undefined && isActive(run.state)) edges[edgeId(edge)] = { rows_per_s: source.rows_per_s };
  }
  return { run, nodes, edges };
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
