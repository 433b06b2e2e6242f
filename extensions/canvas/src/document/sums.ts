/** What several nodes do in a run, as one: for a part of the flow and for a folded group. */

import type { Graph, Flow, FlowPart, NodeOverlay } from "../types";
import { isPart, partName } from "./kinds";
import { edgesOf, nodesOf } from "./nodes";

export interface Member {
  overlay: NodeOverlay | undefined;
  /** Whether rows come in from outside here, and go out. */
  enters: boolean;
  leaves: boolean;
}

type Overlays = Readonly<Record<string, NodeOverlay>>;

const WORST_FIRST: readonly string[] = ["error", "failed", "stopping", "starting", "pending", "running", "waiting", "stopped", "succeeded"];

/** Rows at the borders, all errors, the longest lag and the worst state; nothing when nothing is known of any. */
export function summed(members: readonly Member[]): NodeOverlay | undefined {
  const known = members.flatMap(({ overlay }) => (overlay ? [overlay] : []));
  if (known.length === 0) return undefined;
  const total = (of: readonly Member[], pick: (overlay: NodeOverlay) => number | null | undefined): number | undefined => {
    const values = of.flatMap(({ overlay }) => (overlay ? [pick(overlay)] : [])).filter((value) => value != null);
    return values.length > 0 ? values.reduce((one, other) => one + other, 0) : undefined;
  };
  const leaving = members.filter((member) => member.leaves);
  const only = leaving.length === 1 ? leaving[0]?.overlay?.history : undefined;
  const lags = known.flatMap((one) => (one.lag_ms == null ? [] : [one.lag_ms]));
  const found: NodeOverlay = {
    state: first(WORST_FIRST, known.map((one) => one.state)) as NodeOverlay["state"],
    rows_in: total(members.filter((member) => member.enters), (one) => one.rows_in),
    rows_out: total(leaving, (one) => one.rows_out),
    rows_per_s: total(leaving, (one) => one.rows_per_s),
    errors: total(members, (one) => one.errors),
    lag_ms: lags.length > 0 ? Math.max(...lags) : undefined,
    last_error: known.find((one) => one.last_error)?.last_error,
    history: only,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as NodeOverlay;
}

const first = (order: readonly string[], found: readonly (string | undefined)[]): string | undefined => order.find((one) => found.includes(one));

/** What a node does: its own figures, or the sum of the part that it stands for. `full` names it from the flow on. */
export function overlayAt(flow: Flow, overlays: Overlays, full: string, kind: string): NodeOverlay | undefined {
  const part = isPart(kind) ? flow.parts?.[partName(kind)] : undefined;
  return overlays[full] ?? (part && summed(membersOf(flow, part, overlays, full)));
}

function membersOf(flow: Flow, part: FlowPart, overlays: Overlays, full: string): Member[] {
  const into = new Set((part.inputs ?? []).map((input) => input.node));
  const ends = part.output === undefined ? lastOf(part) : new Set([part.output]);
  return nodesOf(part).map((node) => ({ overlay: overlayAt(flow, overlays, `${full}/${node.id}`, node.kind), enters: into.has(node.id), leaves: ends.has(node.id) }));
}

/** The nodes of a group, by what crosses its border. `at` gives what one of them does. */
export function membersIn(graph: Graph, ids: readonly string[], at: (id: string) => NodeOverlay | undefined): Member[] {
  const inside = new Set(ids);
  const edges = edgesOf(graph);
  const into = new Set(edges.filter((edge) => inside.has(edge.target) && !inside.has(edge.source)).map((edge) => edge.target));
  const out = new Set(edges.filter((edge) => inside.has(edge.source) && !inside.has(edge.target)).map((edge) => edge.source));
  const last = out.size > 0 ? out : lastOf({ nodes: nodesOf(graph).filter((node) => inside.has(node.id)), edges: edges.filter((edge) => inside.has(edge.source)) });
  return ids.map((id) => ({ overlay: at(id), enters: into.has(id), leaves: last.has(id) }));
}

/** Nodes that nothing reads from. */
function lastOf(graph: Graph): Set<string> {
  const read = new Set(edgesOf(graph).map((edge) => edge.source));
  return new Set(nodesOf(graph).flatMap((node) => (read.has(node.id) ? [] : [node.id])));
}
