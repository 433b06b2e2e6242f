/** The document as what React Flow draws; an element that did not change stays the same object, so that it is not drawn again. */

import type { Node } from "@xyflow/react";

import { frameOf, NOTE_SIZE } from "../document/drawn";
import { boxCorner } from "../document/folds";
import { isPart } from "../document/kinds";
import type { Place } from "../document/nodes";
import { BOX_HEIGHT, heightOf, WIDTH } from "../document/sizes";
import type { EditorStore } from "../document/store";
import { membersIn, overlayAt, summed } from "../document/sums";
import { takesPart } from "../panels/run/begin";
import { outputOf } from "../panels/problems/parts";
import type { Finding, FlowGroup, FlowNode, FlowNote, NodeOverlay, NodeType } from "../types";
import { Remembered } from "./remembered";
import { spoken, spokenBox } from "./spoken";
import { WireElements, type WireEdge } from "./wire-elements";

export type { WireData, WireEdge } from "./wire-elements";

export interface StepData extends Record<string, unknown> {
  node: FlowNode;
  type: NodeType | undefined;
  findings: readonly Finding[];
  overlay: NodeOverlay | undefined;
  /** What the node is in the part that is open: where rows come in or go out. */
  ends: string;
  /** How many of its rows are pinned; 0 when it runs in previews. */
  pinned: number;
  /** Whether a part of the flow runs that it is not in. */
  beside: boolean;
}

/** A folded group. */
export interface BoxData extends Record<string, unknown> {
  group: FlowGroup;
  /** How many nodes it stands for. */
  count: number;
  findings: readonly Finding[];
  overlay: NodeOverlay | undefined;
}

export type StepNode = Node<StepData, "step">;
export type NoteNode = Node<{ note: FlowNote }, "note">;
export type FrameNode = Node<{ group: FlowGroup }, "frame">;
export type BoxNode = Node<BoxData, "box">;
export type AnyNode = StepNode | NoteNode | FrameNode | BoxNode;
export type Point = { x: number; y: number };

const NONE: readonly Finding[] = [];

export class Elements {
  private steps = new Remembered<StepNode>();
  private notes = new Remembered<NoteNode>();
  private frames = new Remembered<FrameNode>();
  private boxes = new Remembered<BoxNode>();
  private sums = new Remembered<NodeOverlay | undefined>();
  private wires = new WireElements();
  private grouped: { of: readonly Finding[]; byNode: Map<string, Finding[]> } = { of: NONE, byNode: new Map() };

  nodes(store: EditorStore, dragged: ReadonlyMap<string, Point>, tabStop: string): StepNode[] {
    const { places, kinds, selection, outside, hidden } = store;
    const problems = this.byNode(outside.findings);
    const made = (store.graph.nodes ?? []).flatMap((node) => {
      if (hidden.has(node.id)) return [];
      const type = kinds.get(node.kind);
      const at = dragged.get(node.id);
      const place = places.get(node.id) ?? [0, 0];
      const full = store.fullId(node.id);
      const findings = problems.get(full) ?? NONE;
      const overlay = this.overlayOf(store, full, node.kind);
      const selected = selection.has(node.id);
      const height = heightOf(kinds, node.kind);
      const ends = endsOf(store, node.id);
      const pinned = pinnedAt(store, full, node.kind);
      const beside = !takesPart(store, node.id);
      const of = [node, type, at?.x ?? place[0], at?.y ?? place[1], findings, overlay, selected, height, tabStop === node.id, ends, pinned, beside];
      return this.steps.make(node.id, of, () => ({
        id: node.id,
        type: "step" as const,
        position: at ?? { x: place[0], y: place[1] },
        selected,
        width: WIDTH,
        height,
        zIndex: selected ? 2 : 1,
        data: { node, type, findings, overlay, ends, pinned, beside },
        domAttributes: { tabIndex: tabStop === node.id ? 0 : -1, "aria-label": spoken(node, type, findings, overlay, pinned, beside), "aria-roledescription": "node" },
      }));
    });
    this.steps.done();
    this.sums.done();
    return made;
  }

  /** A part is summed anew only when the figures or the parts are other. */
  private overlayOf(store: EditorStore, full: string, kind: string): NodeOverlay | undefined {
    const { nodes } = store.outside.overlay;
    return nodes && this.sums.make(full, [nodes, store.flow.parts, kind], () => overlayAt(store.flow, nodes, full, kind));
  }

  /** Frames below, then notes, then nodes and boxes. */
  all(store: EditorStore, dragged: ReadonlyMap<string, Point>, tabStop: string): AnyNode[] {
    const steps = this.nodes(store, dragged, tabStop);
    const places = new Map(store.places);
    for (const [id, { x, y }] of dragged) if (places.has(id)) places.set(id, [x, y]);
    return [...this.framesOf(store, places), ...this.notesOf(store, dragged), ...steps, ...this.boxesOf(store, places, tabStop)];
  }

  private boxesOf(store: EditorStore, places: ReadonlyMap<string, Place>, tabStop: string): BoxNode[] {
    const problems = this.byNode(store.outside.findings);
    const folded = new Set(store.hidden.values());
    const heights = folded.size > 0 ? heightsOf(store) : new Map<string, number>();
    const made = (store.graph.groups ?? []).flatMap((group) => {
      const { graph, outside } = store;
      const frame = folded.has(group.id) ? frameOf(group, places, (id) => heights.get(id) ?? 0) : null;
      if (!frame) return [];
      const [x, y] = boxCorner(frame);
      const nodes = (graph.nodes ?? []).filter((node) => store.hidden.get(node.id) === group.id);
      const selected = store.selection.has(group.id);
      const of = [group, x, y, selected, tabStop === group.id, outside.findings, outside.overlay.nodes, store.flow.parts, graph.nodes, graph.edges];
      return this.boxes.make(group.id, of, () => {
        const kinds = new Map(nodes.map((node) => [node.id, node.kind]));
        const overlay = summed(membersIn(graph, [...kinds.keys()], (id) => this.overlayOf(store, store.fullId(id), kinds.get(id) ?? "")));
        const findings = nodes.flatMap((node) => problems.get(store.fullId(node.id)) ?? []);
        return {
          id: group.id,
          type: "box" as const,
          position: { x, y },
          width: WIDTH,
          height: BOX_HEIGHT,
          selected,
          zIndex: selected ? 2 : 1,
          data: { group, count: nodes.length, findings, overlay },
          domAttributes: { tabIndex: tabStop === group.id ? 0 : -1, "aria-label": spokenBox(group, nodes.length, findings, overlay), "aria-roledescription": "folded group" },
        };
      });
    });
    this.boxes.done();
    return made;
  }

  private framesOf(store: EditorStore, places: ReadonlyMap<string, Place>): FrameNode[] {
    const folded = new Set(store.hidden.values());
    const groups = (store.graph.groups ?? []).filter((group) => !folded.has(group.id));
    if (groups.length === 0) return [];
    const heights = heightsOf(store);
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
    return this.wires.make(store, overWire);
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

const heightsOf = (store: EditorStore): Map<string, number> => new Map((store.graph.nodes ?? []).map((node) => [node.id, heightOf(store.kinds, node.kind)]));

/** `a/b/c`, `a/b` and `a`. */
const waysOf = (id: string): string[] => id.split("/").map((_, index, names) => names.slice(0, index + 1).join("/"));

/** What is pinned of a part is pinned at the node that gives its rows. */
function pinnedAt(store: EditorStore, full: string, kind: string): number {
  const { pinned } = store.outside;
  return pinned[isPart(kind) ? outputOf(store.flow, full) : full]?.rows.length ?? 0;
}

function endsOf(store: EditorStore, id: string): string {
  const part = store.flow.parts?.[store.path.at(-1) ?? ""];
  if (!part) return "";
  const inputs = (part.inputs ?? []).filter((input) => input.node === id).map((input) => `in: ${input.name}`);
  return [...inputs, ...(part.output === id ? ["output"] : [])].join(", ");
}
