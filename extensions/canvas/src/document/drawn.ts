/** Notes and groups: what is drawn around the nodes, and means nothing to a run. */

import type { FlowGroup, FlowNote, Graph } from "../types";
import { freeName } from "./ids";
import { nodesOf, type Place } from "./nodes";
import { WIDTH } from "./sizes";

export const NOTE_SIZE: [number, number] = [220, 110];
const PAD = 18;
const HEAD = 26;
/** Below the last node stands what it does in a run. */
const FOOT = 26;

const namesOf = (graph: Graph): Set<string> => new Set([...nodesOf(graph), ...(graph.notes ?? []), ...(graph.groups ?? [])].map((one) => one.id));

export function addNote<G extends Graph>(graph: G, position: Place, text = ""): { graph: G; id: string } {
  const id = freeName("note", namesOf(graph));
  return { graph: { ...graph, notes: [...(graph.notes ?? []), { id, text, position: [Math.round(position[0]), Math.round(position[1])] }] }, id };
}

export const updateNote = <G extends Graph>(graph: G, id: string, change: Partial<FlowNote>): G => ({
  ...graph,
  notes: graph.notes?.map((note) => (note.id === id ? { ...note, ...change } : note)),
});

/** A node is in one group at most: the one that it was put in last. */
export function addGroup<G extends Graph>(graph: G, nodes: readonly string[], title: string): { graph: G; id: string } {
  const id = freeName("group", namesOf(graph));
  const inside = new Set(nodes);
  const others = (graph.groups ?? []).map((group) => ({ ...group, nodes: group.nodes.filter((node) => !inside.has(node)) })).filter((group) => group.nodes.length > 0);
  return { graph: { ...graph, groups: [...others, { id, title, nodes: [...nodes] }] }, id };
}

export const updateGroup = <G extends Graph>(graph: G, id: string, change: Partial<FlowGroup>): G => ({
  ...graph,
  groups: graph.groups?.map((group) => (group.id === id ? { ...group, ...change } : group)),
});

/** Take the frames away that are selected or hold what is selected; the nodes stay. */
export const ungroup = <G extends Graph>(graph: G, ids: ReadonlySet<string>): G => ({
  ...graph,
  groups: graph.groups?.filter((group) => !ids.has(group.id) && !group.nodes.some((node) => ids.has(node))),
});

/** The frame of a group: around its nodes, with room for its title. */
export function frameOf(group: FlowGroup, places: ReadonlyMap<string, Place>, height: (id: string) => number): { x: number; y: number; width: number; height: number } | null {
  const there = group.nodes.flatMap((id) => {
    const place = places.get(id);
    return place ? [{ x: place[0], y: place[1], bottom: place[1] + height(id) }] : [];
  });
  if (there.length === 0) return null;
  const x = Math.min(...there.map((one) => one.x)) - PAD;
  const y = Math.min(...there.map((one) => one.y)) - PAD - HEAD;
  return { x, y, width: Math.max(...there.map((one) => one.x)) + WIDTH + PAD - x, height: Math.max(...there.map((one) => one.bottom)) + FOOT - y };
}
