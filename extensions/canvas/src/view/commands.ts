/** Every command with its keys and its name: the keyboard, the menus and the list under `?` are made of it. */

import { idsOf, nodesOf } from "../document/nodes";
import { neighbour, type Direction } from "../document/spots";
import type { EditorStore } from "../document/store";
import * as act from "./actions";
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
  area: "Add and wire" | "Edit" | "Arrange" | "Move about" | "Panels";
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
const anyNode = ({ store }: Context): boolean => store.selectedNodes.length > 0;

function jump(direction: Direction): (context: Context) => void {
  return ({ store, stage }) => {
    const from = store.selectedNodes.at(-1);
    const to = from === undefined ? nodesOf(store.graph)[0]?.id : neighbour(store.graph, store.places, from, direction);
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
  { title: "Rename", keys: "F2", area: "Edit", edits: true, menu: true, when: one, run: ({ stage }) => stage.openRename() },
  { title: "Duplicate", keys: "Ctrl+D", area: "Edit", icon: "copy", edits: true, menu: true, when: anyNode, run: ({ store }) => act.duplicate(store) },
  { title: "Copy", keys: "Ctrl+C", area: "Edit", menu: true, when: some, run: ({ stage }) => stage.copy() },
  { title: "Cut", keys: "Ctrl+X", area: "Edit", edits: true, menu: true, when: some, run: ({ stage }) => stage.copy(true) },
  { title: "Paste", keys: "Ctrl+V", area: "Edit", edits: true, run: ({ stage }) => stage.paste() },
  { title: "Delete, joining what was before and behind", keys: "Delete Backspace", area: "Edit", icon: "trash", edits: true, menu: true, when: some, run: ({ store, stage }) => stage.keepFocus(() => act.removeSelected(store)) },
  { title: "Delete, leaving a gap", keys: "Shift+Delete", area: "Edit", edits: true, when: some, run: ({ store, stage }) => stage.keepFocus(() => act.removeSelected(store, false)) },
  { title: "Select all", keys: "Ctrl+A", area: "Edit", run: ({ store }) => store.select(idsOf(store.graph)) },
  { title: "Select nothing", keys: "Escape", area: "Edit", run: ({ store }) => store.select([]) },
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
