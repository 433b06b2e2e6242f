/** The document as what React Flow draws; an element that did not change stays the same object, so that it is not drawn again. */

import type { Edge, Node } from "@xyflow/react";

import { frameOf, NOTE_SIZE } from "../document/drawn";
import type { Place } from "../document/nodes";
import { heightOf, WIDTH } from "../document/sizes";
import type { EditorStore } from "../document/store";
import { edgeId, portOf, type EdgeOverlay, type Finding, type FlowGroup, type FlowNode, type FlowNote, type NodeOverlay, type NodeType } from "../types";

export interface StepData extends Record<string, unknown> {
  node: FlowNode;
  type: NodeType | undefined;
  findings: readonly Finding[];
  overlay: NodeOverlay | undefined;
  /** What the node is in the part that is open: where rows come in or go out. */
  ends: string;
}

export interface WireData extends Record<string, unknown> {
  overlay: EdgeOverlay | undefined;
  group: string;
  /** Whether something is held over it that would be put on it. */
  isTarget: boolean;
}

export type StepNode = Node<StepData, "step">;
export type NoteNode = Node<{ note: FlowNote }, "note">;
export type FrameNode = Node<{ group: FlowGroup }, "frame">;
export type AnyNode = StepNode | NoteNode | FrameNode;
export type WireEdge = Edge<WireData, "wire">;
export type Point = { x: number; y: number };

const NONE: readonly Finding[] = [];

/** Remembers what was made of each element, and of what. */
class Remembered<T> {
  private before = new Map<string, { of: readonly unknown[]; made: T }>();
  private next = new Map<string, { of: readonly unknown[]; made: T }>();

  make(id: string, of: readonly unknown[], make: () => T): T {
    const known = this.before.get(id);
    const entry = known?.of.every((value, index) => value === of[index]) ? known : { of, made: make() };
    this.next.set(id, entry);
    return entry.made;
  }

  done(): void {
    this.before = this.next;
    this.next = new Map();
  }
}

export class Elements {
  private steps = new Remembered<StepNode>();
  private notes = new Remembered<NoteNode>();
  private frames = new Remembered<FrameNode>();
  private wires = new Remembered<WireEdge>();
  private grouped: { of: readonly Finding[]; byNode: Map<string, Finding[]> } = { of: NONE, byNode: new Map() };

  nodes(store: EditorStore, dragged: ReadonlyMap<string, Point>, tabStop: string): StepNode[] {
    const { places, kinds, selection, outside } = store;
    const problems = this.byNode(outside.findings);
    const made = (store.graph.nodes ?? []).map((node) => {
      const type = kinds.get(node.kind);
      const at = dragged.get(node.id);
      const place = places.get(node.id) ?? [0, 0];
      const full = store.fullId(node.id);
      const findings = problems.get(full) ?? NONE;
      const overlay = outside.overlay.nodes?.[full];
      const selected = selection.has(node.id);
      const height = heightOf(kinds, node.kind);
      const ends = endsOf(store, node.id);
      const of = [node, type, at?.x ?? place[0], at?.y ?? place[1], findings, overlay, selected, height, tabStop === node.id, ends];
      return this.steps.make(node.id, of, () => ({
        id: node.id,
        type: "step" as const,
        position: at ?? { x: place[0], y: place[1] },
        selected,
        width: WIDTH,
        height,
        zIndex: selected ? 2 : 1,
        data: { node, type, findings, overlay, ends },
        domAttributes: { tabIndex: tabStop === node.id ? 0 : -1, "aria-label": spoken(node, type, findings, overlay), "aria-roledescription": "node" },
      }));
    });
    this.steps.done();
    return made;
  }

  /** Frames below, then notes, then nodes. */
  all(store: EditorStore, dragged: ReadonlyMap<string, Point>, tabStop: string): AnyNode[] {
    const steps = this.nodes(store, dragged, tabStop);
    return [...this.framesOf(store, steps), ...this.notesOf(store, dragged), ...steps];
  }

  private framesOf(store: EditorStore, steps: readonly StepNode[]): FrameNode[] {
    const groups = store.graph.groups ?? [];
    if (groups.length === 0) return [];
    const heights = new Map(steps.map((step) => [step.id, step.height ?? 0]));
    const places = new Map(steps.map((step): [string, Place] => [step.id, [step.position.x, step.position.y]]));
    const made = groups.flatMap((group) => {
      const box = frameOf(group, places, (id) => heights.get(id) ?? 0);
      if (!box) return [];
      const selected = store.selection.has(group.id);
      return this.frames.make(group.id, [group, box.x, box.y, box.width, box.height, selected], () => ({
        id: group.id,
        type: "frame" as const,
        position: { x: box.x, y: box.y },
        width: box.width,
        height: box.height,
        selected,
        zIndex: -1,
        dragHandle: ".cw-frame-title",
        style: { pointerEvents: "none" as const },
        data: { group },
        domAttributes: { tabIndex: -1, "aria-label": `Group ${group.title}: ${group.nodes.join(", ")}`, "aria-roledescription": "group of nodes" },
      }));
    });
    this.frames.done();
    return made;
  }

  private notesOf(store: EditorStore, dragged: ReadonlyMap<string, Point>): NoteNode[] {
    const made = (store.graph.notes ?? []).map((note) => {
      const at = dragged.get(note.id) ?? { x: note.position[0], y: note.position[1] };
      const selected = store.selection.has(note.id);
      const [width, height] = note.size ?? NOTE_SIZE;
      return this.notes.make(note.id, [note, at.x, at.y, selected], () => ({
        id: note.id,
        type: "note" as const,
        position: at,
        width,
        height,
        selected,
        zIndex: 0,
        data: { note },
        domAttributes: { tabIndex: -1, "aria-label": `Note: ${note.text}`, "aria-roledescription": "note" },
      }));
    });
    this.notes.done();
    return made;
  }

  edges(store: EditorStore, overWire = ""): WireEdge[] {
    const groups = new Map((store.graph.nodes ?? []).map((node) => [node.id, store.kinds.get(node.kind)?.group ?? "other"]));
    const made = (store.graph.edges ?? []).map((edge) => {
      const id = edgeId(edge);
      const full = edgeId({ ...edge, source: store.fullId(edge.source), target: store.fullId(edge.target) });
      const overlay = store.outside.overlay.edges?.[full];
      const selected = store.selection.has(id);
      const group = groups.get(edge.source) ?? "other";
      const isTarget = id === overWire;
      return this.wires.make(id, [overlay, selected, group, isTarget], () => ({
        id,
        type: "wire" as const,
        source: edge.source,
        target: edge.target,
        targetHandle: portOf(edge),
        selected,
        data: { overlay, group, isTarget },
        ariaLabel: `Wire from ${edge.source} to ${edge.target}${edge.port ? `, input ${edge.port}` : ""}`,
      }));
    });
    this.wires.done();
    return made;
  }

  private byNode(findings: readonly Finding[]): Map<string, Finding[]> {
    if (this.grouped.of !== findings) {
      const byNode = new Map<string, Finding[]>();
      // A node that stands for a part has the findings of all that is in it.
      for (const finding of findings) for (const id of waysOf(finding.node)) byNode.set(id, [...(byNode.get(id) ?? []), finding]);
      this.grouped = { of: findings, byNode };
    }
    return this.grouped.byNode;
  }
}

/** `a/b/c`, `a/b` and `a`. */
const waysOf = (id: string): string[] => id.split("/").map((_, index, names) => names.slice(0, index + 1).join("/"));

function endsOf(store: EditorStore, id: string): string {
  const part = store.flow.parts?.[store.path.at(-1) ?? ""];
  if (!part) return "";
  const inputs = (part.inputs ?? []).filter((input) => input.node === id).map((input) => `in: ${input.name}`);
  return [...inputs, ...(part.output === id ? ["output"] : [])].join(", ");
}

function spoken(node: FlowNode, type: NodeType | undefined, findings: readonly Finding[], overlay: NodeOverlay | undefined): string {
  const parts = [node.id, type?.title ?? `${node.kind}, which is not known`];
  if (overlay?.state) parts.push(overlay.state);
  if (overlay?.health) parts.push(overlay.health);
  if (findings.length > 0) parts.push(`${findings.length} ${findings.length === 1 ? "problem" : "problems"}: ${findings[0]?.message}`);
  return parts.join(", ");
}
