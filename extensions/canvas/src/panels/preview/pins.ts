/** Sample rows that stand in for the output of a node in previews: kept while the editor is open, never in the document. */

import { useSyncExternalStore } from "react";

import type { EditorStore } from "../../document/store";
import type { Column, Json } from "../../types";

export interface Pinned {
  columns: Column[];
  rows: Record<string, Json>[];
}

class Pins {
  all: Readonly<Record<string, Pinned>> = {};
  private listeners = new Set<() => void>();

  set(node: string, rows: Pinned | null): void {
    const { [node]: _old, ...rest } = this.all;
    this.all = rows ? { ...rest, [node]: rows } : rest;
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

const OF = new WeakMap<EditorStore, Pins>();

export function usePins(store: EditorStore): Pins {
  const pins = OF.get(store) ?? new Pins();
  OF.set(store, pins);
  useSyncExternalStore(pins.subscribe, () => pins.all);
  return pins;
}
