/** All that the editor knows: the document with its history, what is selected, and what the host says about it. */

import type { Column, Flow, Graph } from "../types";
import { Derived } from "./derived";
import { History } from "./history";
import type { Kinds } from "./kinds";
import { Navigation } from "./navigation";
import { nodesOf, type Place } from "./nodes";
import { SILENT, type Notice, type Outside, type Told, type Tone } from "./outside";
import { settled } from "./places";
import { NOTHING, stillThere, type Selection } from "./selection";

export class EditorStore {
  readonly history: History;
  /** Ids of nodes, notes and groups, and `edgeId`s; an undo leaves it alone. */
  selection: Selection = NOTHING;
  told: Told = { text: "", tone: "info", number: 0 };
  notices: readonly Notice[] = [];
  outside: Outside;
  /** Grows with every change of anything. */
  version = 0;
  /** Asks the host to do something that is its own: save, run, stop, export. */
  command: (name: string, args?: Record<string, unknown>) => void = () => undefined;
  /** Resolves when every change is kept, as far as the host keeps them. */
  written: () => Promise<void> = () => Promise.resolve();
  private listeners = new Set<() => void>();
  private derived = new Derived();
  private navigation = new Navigation();

  constructor(flow: Flow, outside: Partial<Outside> = {}) {
    this.history = new History(flow);
    this.outside = { ...SILENT, ...outside };
    this.history.subscribe(() => this.changed());
  }

  /** The whole document. */
  get flow(): Flow {
    return this.history.flow;
  }

  /** Names of the parts that were opened one in the other; empty for the flow itself. */
  get path(): readonly string[] {
    return this.navigation.path;
  }

  /** Ids of the nodes by which they were entered. */
  get trail(): readonly string[] {
    return this.navigation.trail;
  }

  /** What is on the canvas: the flow, or the part that is open. */
  get graph(): Graph {
    return this.navigation.graphOf(this.flow);
  }

  get kinds(): Kinds {
    return this.derived.kinds(this.outside.catalog, this.flow.parts);
  }

  /** Where each node stands, also those without a place in the document. */
  get places(): ReadonlyMap<string, Place> {
    return this.derived.places(this.path.at(-1) ?? "", this.graph, this.kinds);
  }

  /** Ids of the selected nodes, in the order of the document. */
  get selectedNodes(): string[] {
    return nodesOf(this.graph).flatMap((node) => (this.selection.has(node.id) ? [node.id] : []));
  }

  /** By node that is not seen: the folded group that it is in. */
  get hidden(): ReadonlyMap<string, string> {
    return this.derived.hidden(this.graph);
  }

  /** Look into a folded group, or no longer. */
  lookInto(group: string, open = true): void {
    if (this.derived.lookInto(group, open)) this.tell();
  }

  isOpened(group: string): boolean {
    return this.derived.isOpened(group);
  }

  columnsInto(node: string, port?: string): Column[] {
    const inputs = this.outside.schemas[this.fullId(node)]?.inputs ?? {};
    return Object.entries(inputs).flatMap(([name, wires]) => (port && name !== port ? [] : wires.flat()));
  }

  /** The id by which findings, columns and metrics name a node of the open part. */
  fullId(node: string): string {
    return this.navigation.fullId(node);
  }

  /** Change what is on the canvas; one step of the history, or a part of one when `burst` goes on. */
  edit(label: string, change: (graph: Graph) => Graph, burst = ""): void {
    this.editFlow(label, (flow) => this.navigation.withGraph(flow, change(this.graph)), burst);
  }

  /** Change the whole document. */
  editFlow(label: string, change: (flow: Flow) => Flow, burst = ""): void {
    if (this.outside.readonly) return;
    const before = this.graph;
    const places = this.places;
    const next = change(this.flow);
    if (next === this.flow) return;
    const graph = this.navigation.graphOf(next);
    // The first node that is put somewhere pins all others where they are seen, so that none moves by itself later.
    this.history.commit(this.navigation.withGraph(next, settled(before, graph, places)), label, burst);
    this.say("");
  }

  undo(): void {
    this.step("Undone", () => this.history.undo());
  }

  redo(): void {
    this.step("Done again", () => this.history.redo());
  }

  /** What an undo changes has to be seen: when it is elsewhere, one is led to the flow, or told the part. */
  private step(said: string, move: () => string): void {
    const [flow, graph] = [this.flow, this.graph];
    const label = move();
    if (!label) return;
    const parts = Object.keys({ ...flow.parts, ...this.flow.parts }).filter((name) => flow.parts?.[name] !== this.flow.parts?.[name]);
    if (this.path.length > 0 && this.graph === graph) this.up(0);
    const elsewhere = this.path.length === 0 && this.flow.nodes === flow.nodes && this.flow.edges === flow.edges && parts.length > 0;
    this.say(`${said}: ${label}${elsewhere ? `, in the part ${parts.join(" and ")}` : ""}`);
  }

  select(ids: Iterable<string>): void {
    const next = new Set(ids);
    if (next.size === this.selection.size && [...next].every((id) => this.selection.has(id))) return;
    this.selection = next;
    this.tell();
  }

  /** Open the part that a node of the canvas stands for. */
  open(node: string): void {
    if (this.navigation.into(this.flow, node)) this.arrive();
  }

  /** Go back up to a depth of the path; 0 is the flow itself. */
  up(depth = this.path.length - 1): void {
    this.navigation.up(depth);
    this.arrive();
  }

  /** Select a node by its full id: open the part that it is in, look into the group that hides it. */
  goTo(full: string): void {
    const from = this.trail;
    const id = this.navigation.to(this.flow, full);
    if (this.trail !== from) this.arrive();
    const group = this.hidden.get(id);
    if (group !== undefined) this.lookInto(group);
    this.select([id]);
  }

  set(change: Partial<Outside>): void {
    this.outside = { ...this.outside, ...change };
    this.tell();
  }

  /** Take another document; its past is not ours. */
  replace(flow: Flow): void {
    this.derived.forget();
    this.history.replace(flow);
  }

  say(text: string, tone: Tone = "info"): void {
    if (text === "" && this.told.text === "") return;
    this.told = { text, tone, number: this.told.number + 1 };
    this.tell();
  }

  /** Ask for a decision; one of the same id takes its place. */
  notify(id: string, text: string, actions: Notice["actions"]): void {
    this.notices = [...this.notices.filter((notice) => notice.id !== id), { id, text, actions }];
    this.tell();
  }

  dismiss(id: string): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
    this.tell();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private arrive(): void {
    this.selection = NOTHING;
    this.tell();
  }

  private changed(): void {
    this.navigation.leaveGone(this.flow);
    this.selection = stillThere(this.selection, this.graph);
    this.tell();
  }

  private tell(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
