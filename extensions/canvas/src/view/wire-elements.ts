/** The wires of the document as what React Flow draws; those across the border of a folded group lead to its box. */

import type { Edge } from "@xyflow/react";

import { seenWires, type SeenWire } from "../document/folds";
import type { EditorStore } from "../document/store";
import { edgeId, portOf, type EdgeOverlay, type FlowEdge } from "../types";
import { Remembered } from "./remembered";

export interface WireData extends Record<string, unknown> {
  overlay: EdgeOverlay | undefined;
  group: string;
  /** Whether something is held over it that would be put on it. */
  isTarget: boolean;
}

export type WireEdge = Edge<WireData, "wire">;

export class WireElements {
  private made = new Remembered<WireEdge>();
  private rates = new Remembered<EdgeOverlay | undefined>();

  make(store: EditorStore, overWire: string): WireEdge[] {
    const groups = new Map((store.graph.nodes ?? []).map((node) => [node.id, store.kinds.get(node.kind)?.group ?? "other"]));
    const made = seenWires(store.graph.edges ?? [], store.hidden).map((wire) => {
      const [edge, ...more] = wire.of as [FlowEdge, ...FlowEdge[]];
      const id = edgeId(edge);
      const overlay = this.rates.make(id, [wire.of.length, edge, store.outside.overlay.edges, store.trail], () => wireOverlay(store, wire));
      const selected = store.selection.has(id);
      const group = groups.get(wire.source) ?? "parts";
      const isTarget = id === overWire;
      const port = wire.target === edge.target ? portOf(edge) : "in";
      const several = more.length > 0 ? `, ${wire.of.length} wires` : "";
      return this.made.make(id, [overlay, selected, group, isTarget, wire.source, wire.target, several], () => ({
        id,
        type: "wire" as const,
        source: wire.source,
        target: wire.target,
        targetHandle: port,
        selected,
        // What stands for several wires is not one that could be taken out.
        selectable: !several,
        data: { overlay, group, isTarget },
        ariaLabel: `Wire from ${wire.source} to ${wire.target}${edge.port && port !== "in" ? `, input ${edge.port}` : ""}${several}`,
      }));
    });
    this.made.done();
    this.rates.done();
    return made;
  }
}

/** What is told of a wire; of several as one, their rates together. */
function wireOverlay(store: EditorStore, { of }: SeenWire): EdgeOverlay | undefined {
  const { edges } = store.outside.overlay;
  const all = of.flatMap((edge) => edges?.[edgeId({ ...edge, source: store.fullId(edge.source), target: store.fullId(edge.target) })] ?? []);
  const [only, ...more] = all;
  if (more.length === 0) return only;
  const rates = all.flatMap((one) => (one.rows_per_s === undefined ? [] : [one.rows_per_s]));
  return rates.length > 0 ? { rows_per_s: rates.reduce((one, other) => one + other, 0) } : {};
}
