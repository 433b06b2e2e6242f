/** What is open around the canvas: panels, menus, dialogs; a part of it is remembered by the browser. */

import { createContext, useContext, useSyncExternalStore } from "react";

import type { Place } from "../document/nodes";
import { recall, remember } from "./memory";

/** The loose end of a wire. */
export type Loose = { source: string } | { target: string; port: string };

export type Popup =
  | { kind: "add"; x: number; y: number; place: Place; wire?: Loose }
  | { kind: "connect"; node: string; x: number; y: number }
  | { kind: "menu"; x: number; y: number }
  | { kind: "find" }
  | { kind: "help" }
  | { kind: "name"; title: string; label: string; value: string; check: (value: string) => string; done: (value: string) => void };

interface Shown {
  palette: boolean;
  minimap: boolean;
  bottom: string;
  /** Height of the panel below, in pixels; 0 for the usual one. */
  height: number;
}

export class Ui {
  popup: Popup | null = null;
  shown: Shown = { palette: true, minimap: true, bottom: "", height: 0, ...recall<Partial<Shown>>("shown", {}) };
  /** The wire under what is dragged, by `edgeId`. */
  overWire = "";
  /** Why the wire that is dragged cannot lead to the node under it, and where to say so. */
  refused: { why: string; x: number; y: number } | null = null;
  /** While something is dragged no panel opens: the canvas would get smaller under the mouse. */
  dragging = false;
  /** The note whose text is being written, or the group whose title is. */
  editing = "";
  version = 0;
  private listeners = new Set<() => void>();

  show(popup: Popup | null): void {
    this.popup = popup;
    this.tell();
  }

  set(change: Partial<Shown>): void {
    this.shown = { ...this.shown, ...change };
    remember("shown", this.shown);
    this.tell();
  }

  edit(drawn: string): void {
    if (drawn === this.editing) return;
    this.editing = drawn;
    this.tell();
  }

  drag(dragging: boolean): void {
    if (dragging === this.dragging) return;
    this.dragging = dragging;
    this.tell();
  }

  over(wire: string): void {
    if (wire === this.overWire) return;
    this.overWire = wire;
    this.tell();
  }

  refuse(refused: Ui["refused"]): void {
    if (refused?.why === this.refused?.why && refused?.x === this.refused?.x && refused?.y === this.refused?.y) return;
    this.refused = refused;
    this.tell();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private tell(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}

export const UiContext = createContext<Ui | null>(null);

export function useUi(): Ui {
  const ui = useContext(UiContext);
  if (!ui) throw new Error("useUi is for components inside of the editor.");
  useSyncExternalStore(ui.subscribe, () => ui.version);
  return ui;
}
