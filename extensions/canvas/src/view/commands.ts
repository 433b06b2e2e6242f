/** Every command with its keys and its name: the keyboard, the menus and the list under `?` are made of it. */

import { seenGraph, seenPlaces } from "../document/folds";
import { isPart } from "../document/kinds";
import { idsOf, nodeOf, nodesOf } from "../document/nodes";
import { neighbour, type Direction } from "../document/spots";
import type { EditorStore } from "../document/store";
import { runFromHere } from "../panels/preview/pins";
import { runFlow, runFrom, runUpTo, stopRun } from "../panels/run/begin";
import { isActive } from "../panels/run/overlay";
import * as act from "./actions";
import * as tidy from "./arrange";
import type { Stage } from "./stage";
import type { Ui } from "./ui";

export interface Context {
  store: EditorStore;
  ui: Ui;
  stage: Stage;
}

export interface Command {
  title: string;
  /** As they are written for people: `Ctrl+Z`; several are apart by a space. */
  keys: string;
  area: "Add and wire" | "Edit" | "Rows" | "Run" | "Arrange" | "Parts" | "Move about" | "Panels";
  icon?: string;
  /** Whether it changes the document; such are not offered where it is only read. */
  edits?: boolean;
  /** Whether it makes sense now. */
  when?: (context: Context) => boolean;
  run: (context: Context) => void;
  /** In the menu of what is selected. */
  menu?: boolean;
}

const some = ({ store }: Context): boolean => store.selection.size > 0;
const one = ({ store }: Context): boolean => store.selectedNodes.length === 1;
const several = ({ store }: Context): boolean => store.selectedNodes.length > 1;
const drawnOne = ({ store }: Context): boolean => store.selection.size === 1 && (one({ store } as Context) || Boolean(store.graph.groups?.some((group) => store.selection.has(group.id))));
const grouped = ({ store }: Context): boolean => Boolean(store.graph.groups?.some((group) => store.selection.has(group.id) || group.nodes.some((id) => store.selection.has(id))));
const part = (context: Context): boolean => one(context) && isPart(nodeOf(context.store.graph, context.store.selectedNodes[0] ?? "")?.kind ?? "");
const inPart = ({ store }: Context): boolean => store.path.length > 0;
const oneLive = (context: Context): boolean => one(context) && context.store.outside.host.live;
const live = ({ store }: Context): boolean => store.outside.host.live;
const runs = ({ store }: Context): boolean => store.outside.host.live && store.outside.overlay.run !== undefined && isActive(store.outside.overlay.run.state);
const only = ({ store }: Context): string => store.selectedNodes[0] ?? "";
const anyNode = ({ store }: Context): boolean => store.selectedNodes.length > 0;

function jump(direction: Direction): (context: Context) => void {
  return ({ store, stage }) => {
    const seen = seenGraph(store.graph, store.hidden);
    const from = nodesOf(seen).findLast((node) => store.selection.has(node.id))?.id;
    const to = from === undefined ? nodesOf(seen)[0]?.id : neighbour(seen, seenPlaces(store.graph, store.hidden, store.places), from, direction);
    if (to) {
      store.select([to]);
      stage.reveal(to);
    } else store.say({ left: "It reads from no node.", right: "No node reads from it.", up: "This is the first node.", down: "This is the last node." }[direction]);
  };
}

export const COMMANDS: Command[] = [
  { title: "Add a node", keys: "A Shift+Space", area: "Add and wire", icon: "plus", edits: true, run: ({ stage }) => stage.openAdd() },
  { title: "Wire to ...", keys: "C", area: "Add and wire", edits: true, menu: true, when: one, run: ({ stage, store }) => stage.openConnect(store.selectedNodes[0] ?? "") },
  { title: "Search the palette", keys: "/", area: "Add and wire", edits: true, run: ({ stage }) => stage.focusPalette() },
  { title: "Undo", keys: "Ctrl+Z", area: "Edit", icon: "undo", edits: true, run: ({ store }) => store.undo() },
  { title: "Redo", keys: "Ctrl+Y Ctrl+Shift+Z", area: "Edit", icon: "redo", edits: true, run: ({ store }) => store.redo() },
  { title: "Settings", keys: "Enter", area: "Edit", menu: true, when: anyNode, run: ({ stage }) => stage.focusInspector() },
  { title: "Rename", keys: "F2", area: "Edit", edits: true, menu: true, when: drawnOne, run: ({ stage }) => stage.openRename() },
  { title: "See the rows up to here", keys: "R", area: "Rows", menu: true, when: oneLive, run: ({ ui }) => ui.set({ bottom: "preview" }) },
  { title: "See rows from here on, or no longer", keys: "Shift+R", area: "Rows", menu: true, when: oneLive, run: ({ store }) => void runFromHere(store, store.selectedNodes[0] ?? "") },
  { title: "Run the flow", keys: "Ctrl+Enter", area: "Run", when: live, run: ({ store, ui }) => (ui.set({ bottom: "run" }), runFlow(store)) },
  { title: "Run up to here", keys: "Alt+Enter", area: "Run", menu: true, when: oneLive, run: (context) => (context.ui.set({ bottom: "run" }), runUpTo(context.store, only(context))) },
  { title: "Run from here", keys: "Alt+Shift+Enter", area: "Run", menu: true, when: oneLive, run: (context) => (context.ui.set({ bottom: "run" }), runFrom(context.store, only(context))) },
  { title: "Stop the run", keys: "Ctrl+.", area: "Run", when: runs, run: ({ store }) => stopRun(store) },
  { title: "Duplicate", keys: "Ctrl+D", area: "Edit", icon: "copy", edits: true, menu: true, when: anyNode, run: ({ store, stage }) => (act.duplicate(store), stage.bring()) },
  { title: "Copy", keys: "Ctrl+C", area: "Edit", menu: true, when: some, run: ({ stage }) => stage.copy() },
  { title: "Cut", keys: "Ctrl+X", area: "Edit", edits: true, menu: true, when: some, run: ({ stage }) => stage.copy(true) },
  { title: "Paste", keys: "Ctrl+V", area: "Edit", edits: true, run: ({ stage }) => stage.paste() },
  { title: "Delete, joining around it", keys: "Delete Backspace", area: "Edit", icon: "trash", edits: true, menu: true, when: some, run: ({ store, stage }) => stage.keepFocus(() => act.removeSelected(store)) },
  { title: "Delete, leaving a gap", keys: "Shift+Delete", area: "Edit", edits: true, when: some, run: ({ store, stage }) => stage.keepFocus(() => act.removeSelected(store, false)) },
  { title: "Select all", keys: "Ctrl+A", area: "Edit", run: ({ store }) => store.select([...idsOf(store.graph), ...(store.graph.notes ?? []).map((each) => each.id)]) },
  { title: "Select nothing", keys: "Escape", area: "Edit", run: ({ store }) => store.select([]) },
  { title: "Tidy", keys: "L", area: "Arrange", icon: "tidy", edits: true, run: ({ store, stage }) => void tidy.tidy(store, stage) },
  { title: "Align left", icon: "left", keys: "Alt+Left", area: "Arrange", edits: true, menu: true, when: several, run: ({ store }) => tidy.align(store, "left") },
  { title: "Align right", icon: "right", keys: "Alt+Right", area: "Arrange", edits: true, when: several, run: ({ store }) => tidy.align(store, "right") },
  { title: "Align tops", icon: "top", keys: "Alt+Up", area: "Arrange", edits: true, menu: true, when: several, run: ({ store }) => tidy.align(store, "top") },
  { title: "Align bottoms", icon: "bottom", keys: "Alt+Down", area: "Arrange", edits: true, when: several, run: ({ store }) => tidy.align(store, "bottom") },
  { title: "Align middles", icon: "middle", keys: "Alt+M", area: "Arrange", edits: true, when: several, run: ({ store }) => tidy.align(store, "middle") },
  { title: "Distribute across", icon: "across", keys: "Alt+H", area: "Arrange", edits: true, menu: true, when: several, run: ({ store }) => tidy.distribute(store, "across") },
  { title: "Distribute down", icon: "down", keys: "Alt+V", area: "Arrange", edits: true, menu: true, when: several, run: ({ store }) => tidy.distribute(store, "down") },
  { title: "Add a note", keys: "N", area: "Add and wire", icon: "note", edits: true, run: ({ store, ui, stage }) => tidy.note(store, ui, stage.spot) },
  { title: "Group", keys: "G Ctrl+G", area: "Arrange", icon: "group", edits: true, menu: true, when: anyNode, run: ({ store, ui }) => tidy.group(store, ui) },
  { title: "Ungroup", keys: "Ctrl+Shift+G", area: "Arrange", edits: true, menu: true, when: grouped, run: ({ store }) => tidy.dissolve(store) },
  { title: "Fold or open the group", keys: "E", area: "Arrange", icon: "chevron", menu: true, when: grouped, run: ({ store, stage }) => tidy.toggleFold(store, stage) },
  { title: "Make a part of it", keys: "Ctrl+M", area: "Parts", icon: "parts", edits: true, menu: true, when: anyNode, run: ({ store, ui }) => tidy.askForPart(store, ui) },
  { title: "Open the part", keys: "O", area: "Parts", menu: true, when: part, run: ({ store }) => tidy.open(store) },
  { title: "Back to the flow around", keys: "U", area: "Parts", when: inPart, run: ({ store }) => store.up() },
  { title: "Unpack the part", keys: "Ctrl+Shift+U", area: "Parts", edits: true, menu: true, when: part, run: ({ store }) => tidy.unpackSelected(store) },
  { title: "Give it a part of its own", keys: "Alt+C", area: "Parts", edits: true, menu: true, when: part, run: ({ store }) => tidy.cloneSelected(store) },
  { title: "Make it the output of the part", keys: "Alt+O", area: "Parts", edits: true, menu: true, when: (context) => inPart(context) && one(context), run: ({ store }) => tidy.makeOutput(store) },
  { title: "Inputs of the part from its free ones", keys: "Alt+I", area: "Parts", edits: true, menu: true, when: (context) => inPart(context) && one(context), run: ({ store }) => tidy.makeInputs(store) },
  { title: "Move by a step", keys: "Arrows", area: "Arrange", edits: true, when: some, run: () => undefined },
  { title: "Move far", keys: "Shift+Arrows", area: "Arrange", edits: true, when: some, run: () => undefined },
  { title: "Go along the wire to the next node", keys: "Ctrl+Right", area: "Move about", run: jump("right") },
  { title: "Go along the wire to the node before", keys: "Ctrl+Left", area: "Move about", run: jump("left") },
  { title: "Go to the node above", keys: "Ctrl+Up", area: "Move about", run: jump("up") },
  { title: "Go to the node below", keys: "Ctrl+Down", area: "Move about", run: jump("down") },
  { title: "Find a node", keys: "Ctrl+F", area: "Move about", icon: "search", run: ({ ui }) => ui.show({ kind: "find" }) },
  { title: "Show all", keys: "F", area: "Move about", icon: "fit", run: ({ stage }) => stage.fit() },
  { title: "Larger", keys: "+ =", area: "Move about", icon: "plus", run: ({ stage }) => stage.zoom(1.25) },
  { title: "Smaller", keys: "-", area: "Move about", icon: "minus", run: ({ stage }) => stage.zoom(0.8) },
  { title: "Palette", keys: "P", area: "Panels", icon: "sidebar", edits: true, run: ({ ui }) => ui.set({ palette: !ui.shown.palette }) },
  { title: "Map", keys: "M", area: "Panels", icon: "map", run: ({ ui }) => ui.set({ minimap: !ui.shown.minimap }) },
  { title: "Keys", keys: "?", area: "Panels", icon: "help", run: ({ ui }) => ui.show({ kind: "help" }) },
];

export const STEP = 10;
const ARROWS: Record<string, [number, number]> = { Left: [-STEP, 0], Right: [STEP, 0], Up: [0, -STEP], Down: [0, STEP] };

/** The keys of an event as they are written for people. */
export function keysOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): string {
  const name = event.key === " " ? "Space" : event.key.replace(/^Arrow/, "");
  const sign = name.length === 1 && !/[a-z]/i.test(name);
  const main = name.length === 1 ? name.toUpperCase() : name;
  // A sign such as ? is typed with Shift on some keyboards and without on others.
  return [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", event.shiftKey && !sign && "Shift", main].filter(Boolean).join("+");
}

export const offered = (command: Command, context: Context): boolean =>
  !(command.edits && context.store.outside.readonly) && (command.when?.(context) ?? true);

export const commandNamed = (title: string): Command | undefined => COMMANDS.find((command) => command.title === title);

/** Do what the keys stand for; false when they mean nothing here. */
export function press(keys: string, context: Context): boolean {
  const arrow = ARROWS[keys.replace("Shift+", "")];
  if (arrow && !keys.startsWith("Ctrl") && !keys.startsWith("Alt") && some(context)) {
    const by = keys.startsWith("Shift+") ? 5 : 1;
    act.nudge(context.store, arrow[0] * by, arrow[1] * by);
    return true;
  }
  const command = COMMANDS.find((each) => each.keys.split(" ").includes(keys));
  if (!command || !offered(command, context)) return false;
  command.run(context);
  return true;
}
