/** All that the editor knows: the document with its history, what is selected, and what the host says about it. */

import { edgeId, type Column, type Finding, type Flow, type Graph, type Host, type NodeColumns, type NodeType, type Overlay, type Theme } from "../types";
import { NO_HOST } from "../host/calls";
import { hiddenIn } from "./folds";
import { History } from "./history";
import { kindsOf, PART, type Kinds } from "./kinds";
import { idsOf, nodesOf, type Place } from "./nodes";
import { placesOf, settled } from "./places";

export type Tone = "info" | "refused";

export interface Told {
  text: string;
  tone: Tone;
  /** Grows with each message, so that the same words twice are two messages. */
  number: number;
}

/** Something that the user has to decide. */
export interface Notice {
  id: string;
  text: string;
  /** A notice goes with an action, unless it stays. */
  actions: { label: string; run: () => void; stays?: boolean }[];
}

/** What the host and the checks say; never part of the document or its history. */
export interface Outside {
  catalog: NodeType[];
  /** Whether the node types are there; they may have to be asked for. */
  types: "there" | "asked" | "failed";
  overlay: Overlay;
  findings: Finding[];
  schemas: Record<string, NodeColumns>;
  theme: Theme;
  readonly: boolean;
  host: Host;
  /** Why the last check gave no answer; empty when it did. */
  unchecked: string;
  /** What became of the draft; empty where none is kept. */
  saving: "" | "saving" | "saved" | "not saved";
}

const NOTHING: ReadonlySet<string> = new Set();

export class EditorStore {
  readonly history: History;
  /** Ids of nodes, notes and groups, and `edgeId`s; an undo leaves it alone. */
  selection: ReadonlySet<string> = NOTHING;
  /** Names of the parts that were opened one in the other; empty for the flow itself. */
  path: readonly string[] = [];
  told: Told = { text: "", tone: "info", number: 0 };
  notices: readonly Notice[] = [];
  outside: Outside;
  /** Grows with every change of anything. */
  version = 0;
  /** Asks the host to do something that is its own: save, run, stop, export. */
  command: (name: string, args?: Record<string, unknown>) => void = () => undefined;
  private listeners = new Set<() => void>();
  private placed = new Map<string, Map<string, Place>>();
  /** Folded groups that are looked into; the document says nothing of it. */
  private opened: ReadonlySet<string> = NOTHING;
  private folds: { nodes: Graph["nodes"]; groups: Graph["groups"]; opened: ReadonlySet<string>; hidden: ReadonlyMap<string, string> } | null = null;
  private known: { catalog: NodeType[]; parts: Flow["parts"]; kinds: Kinds } | null = null;

  constructor(flow: Flow, outside: Partial<Outside> = {}) {
    this.history = new History(flow);
    this.outside = { catalog: [], types: "there", overlay: {}, findings: [], schemas: {}, theme: "light", readonly: false, host: NO_HOST, unchecked: "", saving: "", ...outside };
    this.history.subscribe(() => this.changed());
  }

  /** The whole document. */
  get flow(): Flow {
    return this.history.flow;
  }

  /** What is on the canvas: the flow, or the part that is open. */
  get graph(): Graph {
    const part = this.path.at(-1);
    return part === undefined ? this.flow : (this.flow.parts?.[part] ?? {});
  }

  get kinds(): Kinds {
    const { catalog } = this.outside;
    const { parts } = this.flow;
    if (this.known?.catalog !== catalog || this.known.parts !== parts) this.known = { catalog, parts, kinds: kindsOf(catalog, { parts }) };
    return this.known.kinds;
  }

  /** Where each node stands, also those without a place in the document. */
  get places(): ReadonlyMap<string, Place> {
    const key = this.path.at(-1) ?? "";
    const found = placesOf(this.graph, this.kinds, this.placed.get(key) ?? new Map());
    this.placed.set(key, found);
    return found;
  }

  /** Ids of the selected nodes, in the order of the document. */
  get selectedNodes(): string[] {
    return nodesOf(this.graph).flatMap((node) => (this.selection.has(node.id) ? [node.id] : []));
  }

  /** By node that is not seen: the folded group that it is in. */
  get hidden(): ReadonlyMap<string, string> {
    const { nodes, groups } = this.graph;
    const { opened } = this;
    if (this.folds?.nodes !== nodes || this.folds?.groups !== groups || this.folds?.opened !== opened) this.folds = { nodes, groups, opened, hidden: hiddenIn(this.graph, opened) };
    return this.folds.hidden;
  }

  /** Look into a folded group, or no longer. */
  lookInto(group: string, open = true): void {
    if (this.opened.has(group) === open) return;
    this.opened = new Set(open ? [...this.opened, group] : [...this.opened].filter((id) => id !== group));
    this.tell();
  }

  isOpened(group: string): boolean {
    return this.opened.has(group);
  }

  columnsInto(node: string, port?: string): Column[] {
    const inputs = this.outside.schemas[this.fullId(node)]?.inputs ?? {};
    return Object.entries(inputs).flatMap(([name, wires]) => (port && name !== port ? [] : wires.flat()));
  }

  /** The id by which findings, columns and metrics name a node of the open part: the first use of it, joined by `/`. */
  fullId(node: string): string {
    return [...this.trail, node].join("/");
  }

  /** Ids of the nodes by which the open part was entered. */
  trail: readonly string[] = [];

  /** Change what is on the canvas; one step of the history, or a part of one when `burst` goes on. */
  edit(label: string, change: (graph: Graph) => Graph, burst = ""): void {
    this.editFlow(label, (flow) => this.withGraph(flow, change(this.graph)), burst);
  }

  /** Change the whole document. */
  editFlow(label: string, change: (flow: Flow) => Flow, burst = ""): void {
    if (this.outside.readonly) return;
    const before = this.graph;
    const places = this.places;
    const next = change(this.flow);
    if (next === this.flow) return;
    const part = this.path.at(-1);
    const graph = part === undefined ? next : (next.parts?.[part] ?? {});
    // The first node that is put somewhere pins all others where they are seen, so that none moves by itself later.
    this.history.commit(this.withGraph(next, settled(before, graph, places)), label, burst);
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
    const kind = nodesOf(this.graph).find((one) => one.id === node)?.kind ?? "";
    const name = kind.slice(PART.length);
    if (!kind.startsWith(PART) || !this.flow.parts?.[name]) return;
    this.go([...this.path, name], [...this.trail, node]);
  }

  /** Go back up to a depth of the path; 0 is the flow itself. */
  up(depth = this.path.length - 1): void {
    this.go(this.path.slice(0, Math.max(0, depth)), this.trail.slice(0, Math.max(0, depth)));
  }

  /** Select a node by its full id: open the part that it is in, look into the group that hides it. */
  goTo(full: string): void {
    const way = full.split("/");
    const id = way.pop() ?? "";
    if (this.trail.join("/") !== way.join("/")) {
      this.up(0);
      for (const name of way) this.open(name);
    }
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
    this.placed.clear();
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

  private withGraph(flow: Flow, graph: Graph): Flow {
    const part = this.path.at(-1);
    if (part === undefined) return graph as Flow;
    return { ...flow, parts: { ...flow.parts, [part]: graph } };
  }

  private go(path: readonly string[], trail: readonly string[]): void {
    this.path = path;
    this.trail = trail;
    this.selection = NOTHING;
    this.tell();
  }

  private changed(): void {
    const gone = this.path.findIndex((name) => !this.flow.parts?.[name]);
    if (gone >= 0) {
      this.path = this.path.slice(0, gone);
      this.trail = this.trail.slice(0, gone);
    }
    const { graph } = this;
    const there = idsOf(graph);
    for (const edge of graph.edges ?? []) there.add(edgeId(edge));
    for (const one of [...(graph.notes ?? []), ...(graph.groups ?? [])]) there.add(one.id);
    if ([...this.selection].some((id) => !there.has(id))) this.selection = new Set([...this.selection].filter((id) => there.has(id)));
    this.tell();
  }

  private tell(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
