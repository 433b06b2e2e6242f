/** The canvas as a place: what is in sight, where the focus goes, what the clipboard of the system does. */

import type { ReactFlowInstance } from "@xyflow/react";

import { updateGroup } from "../document/drawn";
import { seenPlaces } from "../document/folds";
import { badId } from "../document/ids";
import { idsOf, renameNode, type Place } from "../document/nodes";
import { heightOf, WIDTH } from "../document/sizes";
import type { EditorStore } from "../document/store";
import { copiedText, pasteText, removeSelected } from "./actions";
import type { AnyNode, WireEdge } from "./elements";
import type { Loose, Ui } from "./ui";

const EDGE = 24;
const FIT = { maxZoom: 1, padding: 0.12, duration: 200 };

export class Stage {
  root: HTMLElement | null = null;
  /** Where the pointer was last, on the screen. */
  pointer: { x: number; y: number } | null = null;

  constructor(
    private readonly store: EditorStore,
    private readonly ui: Ui,
    private readonly flow: ReactFlowInstance<AnyNode, WireEdge>,
  ) {}

  /** The middle of what is in sight, on the canvas. */
  get middle(): Place {
    const box = this.box();
    const at = this.flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
    return [at.x - WIDTH / 2, at.y - 26];
  }

  /** Where the pointer is, else the middle. */
  get spot(): Place {
    return this.pointer ? this.onCanvas(this.pointer.x, this.pointer.y) : this.middle;
  }

  onCanvas = (x: number, y: number): Place => {
    const at = this.flow.screenToFlowPosition({ x, y });
    return [at.x, at.y];
  };

  /** A point of the screen, in the editor. */
  local(x: number, y: number): { x: number; y: number } {
    const box = this.root?.getBoundingClientRect();
    return { x: x - (box?.left ?? 0), y: y - (box?.top ?? 0) };
  }

  fit(): void {
    void this.flow.fitView(FIT);
  }

  zoom(by: number): void {
    void this.flow.zoomTo(this.flow.getZoom() * by, { duration: 120 });
  }

  /** Bring a node into sight, if it is not, and the focus to it. */
  reveal(id: string): void {
    const group = this.store.hidden.get(id);
    if (group !== undefined) this.store.lookInto(group);
    const [x, y] = seenPlaces(this.store.graph, this.store.hidden, this.store.places).get(id) ?? [0, 0];
    const height = heightOf(this.store.kinds, this.store.graph.nodes?.find((node) => node.id === id)?.kind ?? "");
    const [from, to] = [this.flow.flowToScreenPosition({ x, y }), this.flow.flowToScreenPosition({ x: x + WIDTH, y: y + height })];
    const box = this.box();
    if (from.x < box.left || from.y < box.top || to.x > box.right || to.y > box.bottom) {
      void this.flow.setCenter(x + WIDTH / 2, y + height / 2, { zoom: Math.max(this.flow.getZoom(), 0.6), duration: 200 });
    }
    this.focusNode(id);
  }

  /** Move the canvas just so far that nodes are in sight; where they are too many for that, show them all. */
  uncover(ids: readonly string[]): void {
    const nodes = (this.store.graph.nodes ?? []).filter((one) => ids.includes(one.id) && this.store.places.has(one.id));
    if (nodes.length === 0) return;
    const corners = nodes.map((node): [Place, number] => [this.store.places.get(node.id) ?? [0, 0], heightOf(this.store.kinds, node.kind)]);
    const box = this.box();
    // In a tab that is not shown nothing is in sight.
    if (box.width === 0) return;
    const from = this.flow.flowToScreenPosition({ x: Math.min(...corners.map(([[x]]) => x)), y: Math.min(...corners.map(([[, y]]) => y)) });
    const to = this.flow.flowToScreenPosition({ x: Math.max(...corners.map(([[x]]) => x)) + WIDTH, y: Math.max(...corners.map(([[, y], height]) => y + height)) });
    if (nodes.length > 1 && (to.x - from.x > box.width - 2 * EDGE || to.y - from.y > box.height - 2 * EDGE)) {
      return void this.flow.fitView({ ...FIT, nodes: nodes.map(({ id }) => ({ id })) });
    }
    const over = (low: number, high: number, least: number, most: number): number => (high > most ? most - high : low < least ? least - low : 0);
    const dx = over(from.x, to.x, box.left + EDGE, box.right - EDGE);
    let dy = over(from.y, to.y, box.top + EDGE, box.bottom - EDGE);
    const map = this.root?.querySelector(".cw-minimap")?.getBoundingClientRect();
    // The map lies over the canvas; a node behind it is not in sight.
    if (map && map.width > 0 && to.x + dx > map.left - EDGE && to.y + dy > map.top - EDGE) dy += map.top - EDGE - (to.y + dy);
    if (dx === 0 && dy === 0) return;
    const { x, y, zoom } = this.flow.getViewport();
    void this.flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 150 });
  }

  /** Bring what was just put in and selected into sight, once the panels around it stand where they will. */
  bring(): void {
    requestAnimationFrame(() => requestAnimationFrame(() => this.uncover(this.store.selectedNodes)));
  }

  focusNode(id: string): void {
    const focus = (left: number): void => {
      const element = this.root?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
      if (element) element.focus({ preventScroll: true });
      // A node that is new or comes into sight is drawn a moment later; by then the user may be elsewhere.
      else if (left > 0) requestAnimationFrame(() => !this.ui.popup && this.store.selection.has(id) && focus(left - 1));
    };
    focus(30);
  }

  /** Do something that may take the focused element away; the keyboard stays here. */
  keepFocus(change: () => void): void {
    change();
    this.root?.focus({ preventScroll: true });
  }

  openAdd(wire?: Loose): void {
    const selected = this.store.selectedNodes;
    const only = selected.length === 1 ? (selected[0] ?? "") : "";
    const from = this.store.places.get(only);
    const gives = from && this.store.kinds.get(this.store.graph.nodes?.find((node) => node.id === only)?.kind ?? "")?.output;
    const place: Place = from && gives ? [from[0] + WIDTH + 70, from[1]] : this.middle;
    const loose = wire ?? (from && gives ? { source: only } : undefined);
    this.ui.show({ kind: "add", ...this.above(), place, wire: loose });
  }

  openConnect(node: string): void {
    this.ui.show({ kind: "connect", node, ...this.above() });
  }

  /** Ask for another name of a node, or another title of a group. */
  openRename(id = this.store.selectedNodes[0] ?? [...this.store.selection][0] ?? ""): void {
    const group = this.store.graph.groups?.find((one) => one.id === id);
    // The title of a frame is written where it stands; that of a box may be cut off there.
    if (group && ![...this.store.hidden.values()].includes(id)) return this.ui.edit(id);
    if (group) {
      const done = (title: string): void => this.store.edit("Rename a group", (graph) => updateGroup(graph, id, { title }));
      return this.ui.show({ kind: "name", title: "Rename the group", label: "Title", value: group.title, check: () => "", done });
    }
    const taken = idsOf(this.store.graph);
    if (!taken.has(id)) return;
    this.ui.show({
      kind: "name",
      title: `Rename ${id}`,
      label: "Name of the node",
      value: id,
      check: (name) => badId(name) || (name !== id && taken.has(name) ? `There is a node ${name} already.` : ""),
      done: (name) => {
        if (name === id) return;
        this.store.edit(`Rename ${id} to ${name}`, (graph) => renameNode(graph, id, name));
        this.store.select([name]);
        this.focusNode(name);
      },
    });
  }

  focusPalette(): void {
    this.ui.set({ palette: true });
    requestAnimationFrame(() => this.root?.querySelector<HTMLElement>(".cw-palette input")?.focus());
  }

  focusInspector(): void {
    this.root?.querySelector<HTMLElement>(".cw-right :is(input, select, textarea, button):not(:disabled)")?.focus();
  }

  /** Whether the keyboard is ours, so that what is copied is ours to give. */
  get hasFocus(): boolean {
    const scope = this.root?.getRootNode() as Document | ShadowRoot | undefined;
    const active = scope?.activeElement;
    return Boolean(active && this.root?.contains(active) && !isTyping(active));
  }

  copy(cutting = false): void {
    const text = copiedText(this.store);
    if (!text) return;
    navigator.clipboard?.writeText(text).then(
      () => this.store.say("Copied."),
      () => this.store.say("The browser does not let a menu copy; press Ctrl+C.", "refused"),
    );
    if (cutting) removeSelected(this.store);
  }

  paste(): void {
    navigator.clipboard?.readText().then(
      (text) => {
        pasteText(this.store, text);
        this.bring();
      },
      () => this.store.say("The browser does not let a menu paste; press Ctrl+V.", "refused"),
    );
  }

  /** Where a window stands that was opened by a key. */
  private above(): { x: number; y: number } {
    const box = this.box();
    return this.local(box.left + box.width / 2 - 180, box.top + 60);
  }

  private box(): DOMRect {
    return this.root?.querySelector(".cw-stage")?.getBoundingClientRect() ?? new DOMRect();
  }
}

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable='true'], [role='dialog'], [role='menu']") !== null;
