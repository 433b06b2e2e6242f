/** Nodes as a text that can be put anywhere and pasted into any editor: JSON, readable, with the wires between them. */

import { edgeId, type Flow, type FlowGroup, type FlowNode, type FlowNote, type FlowPart, type Graph } from "../types";
import { freeId, freeName } from "./ids";
import { isPart, PART, partName } from "./kinds";
import { edgesOf, idsOf, nodesOf, type Place } from "./nodes";

export interface Clip extends Graph {
  nodes: FlowNode[];
  parts?: Record<string, FlowPart>;
}

/** What is selected, with places as seen; empty when nothing is. */
export function clipOf(flow: Flow, graph: Graph, ids: ReadonlySet<string>, places: ReadonlyMap<string, Place>): Clip {
  const nodes = nodesOf(graph)
    .filter((node) => ids.has(node.id))
    .map((node) => ({ ...node, position: places.get(node.id) ?? node.position ?? [0, 0] }) as FlowNode);
  const inside = new Set(nodes.map((node) => node.id));
  const clip: Clip = { nodes, edges: edgesOf(graph).filter((edge) => inside.has(edge.source) && inside.has(edge.target)) };
  const notes = (graph.notes ?? []).filter((note) => ids.has(note.id));
  const groups = (graph.groups ?? []).filter((group) => ids.has(group.id) || (group.nodes.length > 0 && group.nodes.every((id) => inside.has(id))));
  if (notes.length > 0) clip.notes = notes;
  if (groups.length > 0) clip.groups = groups.map((group) => ({ ...group, nodes: group.nodes.filter((id) => inside.has(id)) }));
  const parts = partsOf(flow, nodes);
  if (Object.keys(parts).length > 0) clip.parts = parts;
  return clip;
}

export const toText = (clip: Clip): string => JSON.stringify({ causeway: "nodes", ...clip }, null, 2);

/** The nodes of a text: what was copied, or a whole flow; a sentence when it is neither. */
export function fromText(text: string): Clip | string {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return "What is in the clipboard is not a copied node.";
  }
  const clip = read as Partial<Clip> | null;
  const well = Array.isArray(clip?.nodes) && clip.nodes.every((node) => typeof node?.id === "string" && typeof node?.kind === "string");
  if (!clip || !(well || Array.isArray(clip.notes))) return "The JSON in the clipboard holds no nodes.";
  return { nodes: well ? (clip.nodes ?? []) : [], edges: clip.edges ?? [], notes: clip.notes, groups: clip.groups, parts: clip.parts };
}

/** Put a clip into the open graph under free names; returns the document and what was put in. */
export function paste(flow: Flow, graph: Graph, clip: Clip, by: Place): { flow: Flow; graph: Graph; put: string[] } {
  const taken = idsOf(graph);
  for (const one of [...(graph.notes ?? []), ...(graph.groups ?? [])]) taken.add(one.id);
  const names = new Map<string, string>();
  const named = (id: string, kind = id): string => {
    const free = taken.has(id) ? freeId(kind, taken) : id;
    taken.add(free);
    names.set(id, free);
    return free;
  };
  const { parts, renamed } = mergedParts(flow, clip);
  const shift = ([x, y]: Place): Place => [Math.round(x + by[0]), Math.round(y + by[1])];
  const nodes = clip.nodes.map((node) => {
    const kind = isPart(node.kind) ? PART + (renamed.get(partName(node.kind)) ?? partName(node.kind)) : node.kind;
    return { ...node, id: named(node.id, node.kind), kind, position: shift(node.position ?? [0, 0]) };
  });
  const edges = edgesOf(clip)
    .filter((edge) => names.has(edge.source) && names.has(edge.target))
    .map((edge) => ({ ...edge, source: names.get(edge.source) ?? "", target: names.get(edge.target) ?? "" }));
  const next: Graph = { ...graph, nodes: [...nodesOf(graph), ...nodes], edges: [...edgesOf(graph), ...edges] };
  const notes = (clip.notes ?? []).map((note): FlowNote => ({ ...note, id: named(note.id, "note"), position: shift(note.position) }));
  const groups = (clip.groups ?? []).map((group): FlowGroup => ({ ...group, id: named(group.id, "group"), nodes: group.nodes.flatMap((id) => names.get(id) ?? []) }));
  if (notes.length > 0) next.notes = [...(graph.notes ?? []), ...notes];
  if (groups.length > 0) next.groups = [...(graph.groups ?? []), ...groups];
  const whole = Object.keys(parts).length > 0 ? { ...flow, parts: { ...flow.parts, ...parts } } : flow;
  return { flow: whole, graph: next, put: [...nodes, ...notes].map((one) => one.id).concat(edges.map(edgeId)) };
}

/** The parts that nodes use, and those that these use. */
function partsOf(flow: Flow, nodes: readonly FlowNode[], found: Record<string, FlowPart> = {}): Record<string, FlowPart> {
  for (const node of nodes) {
    const part = isPart(node.kind) ? flow.parts?.[partName(node.kind)] : undefined;
    if (!part || found[partName(node.kind)]) continue;
    found[partName(node.kind)] = part;
    partsOf(flow, part.nodes ?? [], found);
  }
  return found;
}

/** Parts that come along; one that has the name of another but is not the same gets a name of its own. */
function mergedParts(flow: Flow, clip: Clip): { parts: Record<string, FlowPart>; renamed: Map<string, string> } {
  const renamed = new Map<string, string>();
  const taken = new Set([...Object.keys(flow.parts ?? {}), ...Object.keys(clip.parts ?? {})]);
  for (const [name, part] of Object.entries(clip.parts ?? {})) {
    const mine = flow.parts?.[name];
    if (!mine || JSON.stringify(mine) === JSON.stringify(part)) continue;
    const free = freeName(name, taken);
    taken.add(free);
    renamed.set(name, free);
  }
  const parts: Record<string, FlowPart> = {};
  for (const [name, part] of Object.entries(clip.parts ?? {})) {
    const nodes = (part.nodes ?? []).map((node) => {
      const other = isPart(node.kind) ? renamed.get(partName(node.kind)) : undefined;
      return other ? { ...node, kind: PART + other } : node;
    });
    parts[renamed.get(name) ?? name] = { ...part, nodes };
  }
  return { parts, renamed };
}
