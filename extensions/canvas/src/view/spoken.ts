/** What a screen reader says of a node and of a folded group. */

import type { Finding, FlowGroup, FlowNode, NodeOverlay, NodeType } from "../types";

export function spokenBox(group: FlowGroup, count: number, findings: readonly Finding[], overlay: NodeOverlay | undefined): string {
  const parts = [`Group ${group.title || "Group"}, folded, ${count} ${count === 1 ? "node" : "nodes"}`];
  if (overlay?.state) parts.push(overlay.state);
  if (findings.length > 0) parts.push(`${findings.length} ${findings.length === 1 ? "problem" : "problems"}: ${findings[0]?.message}`);
  return parts.join(", ");
}

export function spoken(node: FlowNode, type: NodeType | undefined, findings: readonly Finding[], overlay: NodeOverlay | undefined, pinned = 0, beside = false): string {
  const parts = [node.id, type?.title ?? `${node.kind}, which is not known`];
  if (overlay?.state) parts.push(overlay.state);
  if (beside) parts.push("not in this run");
  if (pinned > 0) parts.push(`${pinned} rows pinned`);
  if (findings.length > 0) parts.push(`${findings.length} ${findings.length === 1 ? "problem" : "problems"}: ${findings[0]?.message}`);
  return parts.join(", ");
}
