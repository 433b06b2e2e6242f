/** Commands on several nodes at once: tidy, align, distribute, group, note, and parts of the flow. */

import { aligned, distributed, type Box, type Edge } from "../document/align";
import { addGroup, addNote, NOTE_SIZE, ungroup } from "../document/drawn";
import { isMeant, withFolded } from "../document/folds";
import { badId, freeName } from "../document/ids";
import { layoutTask } from "../document/layout";
import { moveTo, nodesOf, type Place } from "../document/nodes";
import { clonePart, exposeInputs, makePart, unpack, type Changed } from "../document/parts";
import { heightOf, WIDTH } from "../document/sizes";
import { freeRoom, type Room } from "../document/spots";
import type { EditorStore } from "../document/store";
import { arrange } from "../document/tidy";
import type { Flow, FlowPart, Graph } from "../types";
import type { Stage } from "./stage";
import type { Ui } from "./ui";

/** Lay out what is selected, or all; one step. */
export async function tidy(store: EditorStore, stage: Stage): Promise<void> {
  const before = store.graph;
  const chosen = store.selectedNodes.length > 1 ? new Set(store.selectedNodes) : undefined;
  const task = layoutTask(before, store.kinds, chosen);
  if (task.nodes.length === 0) return;
  const corners = task.nodes.map((node): Place => store.places.get(node.id) ?? [0, 0]);
  const at: Place = chosen ? [Math.min(...corners.map(([x]) => x)), Math.min(...corners.map(([, y]) => y))] : [0, 0];
  const made = await arrange(task);
  // While a worker thought about it, the flow may have become another.
  if (store.graph !== before) return store.say("The flow changed meanwhile; tidy it again.", "refused");
  const places = new Map(made.map(([id, [x, y]]): [string, Place] => [id, [x + at[0], y + at[1]]]));
  store.edit("Tidy", (graph) => moveTo(graph, places));
  if (!chosen) requestAnimationFrame(() => stage.fit());
}

const boxes = (store: EditorStore): Box[] =>
  nodesOf(store.graph)
    .filter((node) => store.selection.has(node.id))
    .map((node) => ({ id: node.id, at: store.places.get(node.id) ?? [0, 0], height: heightOf(store.kinds, node.kind) }));

export function align(store: EditorStore, edge: Edge): void {
  store.edit("Align", (graph) => moveTo(graph, aligned(boxes(store), edge)));
  store.say(`${store.selectedNodes.length} nodes aligned.`);
}

export function distribute(store: EditorStore, along: "across" | "down"): void {
  store.edit("Distribute", (graph) => moveTo(graph, distributed(boxes(store), along)));
  store.say(`${store.selectedNodes.length} nodes distributed.`);
}

/** Add a note near a place, where it hides nothing, and let its text be written. */
export function note(store: EditorStore, ui: Ui, at: Place): void {
  const { graph: before, kinds, places } = store;
  const nodes = nodesOf(before).map((node): Room => ({ at: places.get(node.id) ?? [0, 0], size: [WIDTH, heightOf(kinds, node.kind)] }));
  const notes = (before.notes ?? []).map((one): Room => ({ at: one.position, size: one.size ?? NOTE_SIZE }));
  let made = "";
  store.edit("Add a note", (graph) => {
    const added = addNote(graph, freeRoom([...nodes, ...notes], at, NOTE_SIZE));
    made = added.id;
    return added.graph;
  });
  store.select([made]);
  ui.edit(made);
}

/** Draw a frame around what is selected, and let its title be written. */
export function group(store: EditorStore, ui: Ui): void {
  const title = "Group";
  let made = "";
  store.edit(`Group ${store.selectedNodes.length} nodes`, (graph) => {
    const added = addGroup(graph, store.selectedNodes, title);
    made = added.id;
    return added.graph;
  });
  store.select([made]);
  ui.edit(made);
}

/** Fold groups, or open them; where the document is only read, they are looked into. */
export function foldGroups(store: EditorStore, ids: ReadonlySet<string>, fold: boolean): void {
  const meant = (store.graph.groups ?? []).filter((one) => isMeant(one, ids));
  for (const one of meant) store.lookInto(one.id, !fold && Boolean(store.outside.readonly && one.collapsed));
  store.edit(fold ? "Fold a group" : "Open a group", (graph) => (meant.some((one) => Boolean(one.collapsed) !== fold) ? withFolded(graph, ids, fold) : graph));
  store.select(meant.map((one) => one.id));
}

/** Fold what is open of the selected groups; when all are folded, open them. */
export function toggleFold(store: EditorStore, stage: Stage): void {
  const folded = new Set(store.hidden.values());
  const meant = (store.graph.groups ?? []).filter((one) => isMeant(one, store.selection));
  foldGroups(store, store.selection, meant.some((one) => !folded.has(one.id)));
  const [only] = meant;
  // The box stands elsewhere in the page than the frame, and what is moved there loses the focus: it gets it then.
  if (only && [...store.hidden.values()].includes(only.id)) requestAnimationFrame(() => stage.focusNode(only.id));
  else stage.root?.focus({ preventScroll: true });
}

export function dissolve(store: EditorStore): void {
  store.edit("Ungroup", (graph) => ungroup(graph, store.selection));
  store.say("Ungrouped; the nodes stay.");
}

/** Make a part of what is selected, after asking for its name. */
export function askForPart(store: EditorStore, ui: Ui): void {
  const { parts } = store.flow;
  const chosen = new Set(store.selectedNodes);
  ui.show({
    kind: "name",
    title: "Make a part",
    label: `Name of the part of ${chosen.size} ${chosen.size === 1 ? "node" : "nodes"}`,
    value: freeName("part", new Set(Object.keys(parts ?? {}))),
    check: (name) => badId(name) || (parts?.[name] ? `There is a part ${name} already.` : ""),
    done: (name) => change(store, `Make the part ${name}`, `Made the part ${name}; O opens it.`, (flow, graph) => makePart(flow, graph, chosen, name, store.places)),
  });
}

export const open = (store: EditorStore): void => store.open(store.selectedNodes[0] ?? "");
export const unpackSelected = (store: EditorStore): void => {
  const id = store.selectedNodes[0] ?? "";
  change(store, `Unpack ${id}`, `Unpacked ${id}.`, (flow, graph) => unpack(flow, graph, id, store.places.get(id) ?? [0, 0], store.kinds));
};
export const cloneSelected = (store: EditorStore): void => {
  const id = store.selectedNodes[0] ?? "";
  change(store, "Clone the part", `What is changed in ${id} now changes no other node.`, (flow, graph) => clonePart(flow, graph, id));
};

export const makeOutput = (store: EditorStore): void =>
  store.edit("Change the output of the part", (graph) => {
    const id = store.selectedNodes[0] ?? "";
    const { output, ...rest } = graph as FlowPart;
    return output === id ? rest : { ...rest, output: id };
  });
export const makeInputs = (store: EditorStore): void => store.edit("Give the part an input", (graph) => exposeInputs(graph as FlowPart, store.kinds, store.selectedNodes[0] ?? ""));

function change(store: EditorStore, label: string, said: string, make: (flow: Flow, graph: Graph) => Changed | string): void {
  const made = make(store.flow, store.graph);
  if (typeof made === "string") return store.say(made, "refused");
  const within = store.path.at(-1);
  store.editFlow(label, () => {
    if (within !== undefined) return { ...made.flow, parts: { ...made.flow.parts, [within]: made.graph } };
    const { parts: _before, ...graph } = made.graph as Flow;
    return { ...made.flow, ...graph, ...(made.flow.parts && { parts: made.flow.parts }) };
  });
  store.select(made.selected);
  store.say(said);
}
