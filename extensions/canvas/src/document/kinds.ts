/** What is known of a kind of node: from the catalogue, or from a part of the flow. */

import type { Flow, FlowPart, NodeType, Port } from "../types";

export const PART = "flow:";

export const isPart = (kind: string): boolean => kind.startsWith(PART);
export const partName = (kind: string): string => kind.slice(PART.length);

export type Kinds = ReadonlyMap<string, NodeType>;

/** By kind, former names too, with the parts of the flow as kinds of their own. */
export function kindsOf(catalog: readonly NodeType[], flow: Pick<Flow, "parts">): Kinds {
  const found = new Map<string, NodeType>();
  for (const type of catalog) for (const former of type.formerly) found.set(former, type);
  for (const type of catalog) found.set(type.kind, type);
  for (const [name, part] of Object.entries(flow.parts ?? {})) found.set(PART + name, partType(name, part));
  return found;
}

function partType(name: string, part: FlowPart): NodeType {
  const inputs: Port[] = [...new Set((part.inputs ?? []).map((input) => input.name))].map((port) => ({
    name: port,
    required: true,
    many: false,
  }));
  const count = part.nodes?.length ?? 0;
  const summary = `A part of this flow: ${count} ${count === 1 ? "node" : "nodes"}.`;
  return {
    kind: PART + name,
    group: "parts",
    title: name,
    summary,
    description: summary,
    inputs,
    output: Boolean(part.output),
    delivery: "exactly-once",
    formerly: [],
    settings: { type: "object", properties: {} },
  };
}

/** Whether a part is used inside of itself when a node of it is put into the part that is open. */
export function contains(flow: Flow, outer: string, inner: string, seen = new Set<string>()): boolean {
  if (outer === inner) return true;
  if (seen.has(outer)) return false;
  seen.add(outer);
  return (flow.parts?.[outer]?.nodes ?? []).some((node) => isPart(node.kind) && contains(flow, partName(node.kind), inner, seen));
}
