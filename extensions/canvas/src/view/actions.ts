/** What can be done to the document, each as one step: what keys, menus and the mouse have in common. */

import { clipOf, fromText, paste, toText } from "../document/clipboard";
import { duplicated } from "../document/duplicate";
import { freeId } from "../document/ids";
import { contains, isPart, partName } from "../document/kinds";
import { addNode, edgesOf, idsOf, moveTo, nodeOf, removeNodes, type Place } from "../document/nodes";
import { freeShift, freeSpot, rightOf } from "../document/spots";
import type { EditorStore } from "../document/store";
import { connect, cut, insertOn, refusal } from "../document/wires";
import { edgeId, type Flow, type Graph } from "../types";
import { noteKind } from "./memory";
import type { Loose } from "./ui";

/** Put a new node in, wired where it fits; returns its id, or nothing when it was refused. */
export function addKind(store: EditorStore, kind: string, wanted: Place, loose?: Loose, ontoWire = ""): string {
  const type = store.kinds.get(kind);
  if (store.outside.readonly || !type) return "";
  const open = store.path.at(-1);
  if (isPart(kind) && open !== undefined && contains(store.flow, partName(kind), open)) {
    store.say(`${open} cannot hold ${partName(kind)}: it would hold itself.`, "refused");
    return "";
  }
  const id = freeId(kind, idsOf(store.graph));
  const position = freeSpot(store.places.values(), wanted);
  let refused = "";
  store.edit(`Add ${id}`, (graph) => {
    const added = addNode(graph, { id, kind, position });
    const edge = edgesOf(graph).find((one) => edgeId(one) === ontoWire);
    if (edge) {
      const put = insertOn(added, store.kinds, edge, id);
      if (typeof put !== "string") return put;
      refused = put;
    }
    return loose ? wired(store, added, id, loose) : added;
  });
  noteKind(kind);
  store.select([id]);
  store.say(refused || `Added ${id}.`, refused ? "refused" : "info");
  return id;
}

/** Right of the node that is selected and wired to it when it fits, else at a place. */
export function addAfter(store: EditorStore, kind: string, otherwise: Place): string {
  const [only, ...more] = store.selectedNodes;
  const from = only !== undefined && more.length === 0 ? nodeOf(store.graph, only) : undefined;
  const fits = from && (store.kinds.get(from.kind)?.output ?? false) && (store.kinds.get(kind)?.inputs.length ?? 0) > 0;
  return from && fits ? addKind(store, kind, rightOf(store.places.get(from.id) ?? otherwise), { source: from.id }) : addKind(store, kind, otherwise);
}

function wired(store: EditorStore, graph: Graph, id: string, loose: Loose): Graph {
  if ("target" in loose) return refusal(graph, store.kinds, id, loose.target, loose.port) ? graph : connect(graph, id, loose.target, loose.port);
  const ports = store.kinds.get(nodeOf(graph, id)?.kind ?? "")?.inputs ?? [];
  const port = ports.find((one) => !refusal(graph, store.kinds, loose.source, id, one.name));
  return port ? connect(graph, loose.source, id, port.name) : graph;
}

export function connectNodes(store: EditorStore, source: string, target: string, port: string): boolean {
  const why = refusal(store.graph, store.kinds, source, target, port);
  if (why) store.say(why, "refused");
  else store.edit(`Wire ${source} to ${target}`, (graph) => connect(graph, source, target, port));
  return !why;
}

/** Lead a wire through a node that stands free. */
export function putOnWire(store: EditorStore, id: string, wire: string, places?: ReadonlyMap<string, Place>): boolean {
  const edge = edgesOf(store.graph).find((one) => edgeId(one) === wire);
  if (!edge) return false;
  const put = insertOn(store.graph, store.kinds, edge, id);
  if (typeof put === "string") store.say(put, "refused");
  else store.edit(`Put ${id} on a wire`, () => (places ? moveTo(put, places) : put));
  return typeof put !== "string";
}

/** What is selected, in words: the nodes, else what else there is. */
function named({ graph, selection, selectedNodes }: EditorStore): string {
  if (selectedNodes.length > 0) return selectedNodes.length === 1 ? (selectedNodes[0] ?? "") : `${selectedNodes.length} nodes`;
  const wires = edgesOf(graph).filter((edge) => selection.has(edgeId(edge)));
  const count = (many: number, one: string): string[] => (many === 0 ? [] : [many === 1 ? `a ${one}` : `${many} ${one}s`]);
  if (selection.size === 1 && wires[0]) return `the wire from ${wires[0].source} to ${wires[0].target}`;
  const drawn = (all: readonly { id: string }[] = []): number => all.filter((one) => selection.has(one.id)).length;
  return [...count(wires.length, "wire"), ...count(drawn(graph.notes), "note"), ...count(drawn(graph.groups), "group")].join(" and ");
}

/** Take out what is selected; what fed a node then feeds what read from it, unless that is not wanted. */
export function removeSelected(store: EditorStore, reconnect = true): void {
  const { selection, selectedNodes } = store;
  if (selection.size === 0) return;
  const label = `Remove ${named(store)}`;
  store.edit(label, (graph) => {
    const left = removeNodes(cut(graph, selection), new Set(selectedNodes), reconnect);
    if (left.notes) left.notes = left.notes.filter((note) => !selection.has(note.id));
    if (left.groups) left.groups = left.groups.filter((group) => !selection.has(group.id));
    return left;
  });
  store.say(`${label.replace("Remove", "Removed")}.`);
}

export const copiedText = (store: EditorStore): string => {
  const clip = clipOf(store.flow, store.graph, store.selection, store.places);
  return clip.nodes.length + (clip.notes?.length ?? 0) > 0 ? toText(clip) : "";
};

/** Paste a text; `at` is where its upper left corner goes, a little beside the original when left out. Nothing that is there is hidden. */
export function pasteText(store: EditorStore, text: string, at?: Place): void {
  const clip = fromText(text);
  if (typeof clip === "string") return store.say(clip, "refused");
  const places = clip.nodes.map((one): Place => one.position ?? [0, 0]);
  const corners = [...places, ...(clip.notes ?? []).map((one) => one.position)];
  const corner: Place = [Math.min(...corners.map(([x]) => x)), Math.min(...corners.map(([, y]) => y))];
  const by: Place = at ? [at[0] - corner[0], at[1] - corner[1]] : [30, 30];
  const made = paste(store.flow, store.graph, clip, freeShift(store.places.values(), places, by));
  putIn(store, `Paste ${counted(clip.nodes.length, clip.notes?.length ?? 0)}`, made);
}

export function duplicate(store: EditorStore): void {
  if (store.outside.readonly) return;
  const made = duplicated(store.flow, store.graph, store.selection, store.places);
  if (made.put.length > 0) putIn(store, `Duplicate ${counted(made.count, made.put.length)}`, made);
}

const counted = (nodes: number, otherwise: number): string => (nodes > 0 ? `${nodes} ${nodes === 1 ? "node" : "nodes"}` : otherwise === 1 ? "a note" : "notes");

function putIn(store: EditorStore, label: string, made: { flow: Flow; graph: Graph; put: string[] }): void {
  const open = store.path.at(-1);
  const { flow, graph, put } = made;
  store.editFlow(label, () => (open === undefined ? { ...flow, ...graph, ...(flow.parts && { parts: flow.parts }) } : { ...flow, parts: { ...flow.parts, [open]: graph } }));
  store.select(put);
  store.say(`${label.replace(/e? /, "ed ")}.`);
}

/** Move what is selected by steps of the keyboard; steps that follow each other are one. */
export function nudge(store: EditorStore, dx: number, dy: number): void {
  const notes = (store.graph.notes ?? []).filter((note) => store.selection.has(note.id));
  const places = new Map<string, Place>(notes.map((note) => [note.id, note.position]));
  const groups = (store.graph.groups ?? []).filter((group) => store.selection.has(group.id));
  for (const id of [...store.selectedNodes, ...groups.flatMap((group) => group.nodes)]) places.set(id, store.places.get(id) ?? [0, 0]);
  if (places.size === 0) return;
  const moved = new Map([...places].map(([id, [x, y]]): [string, Place] => [id, [x + dx, y + dy]]));
  store.edit(`Move ${places.size === 1 ? [...places.keys()][0] : `${places.size} nodes`}`, (graph) => moveTo(graph, moved), `nudge ${[...places.keys()].join()}`);
}
