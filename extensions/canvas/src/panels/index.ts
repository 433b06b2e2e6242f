/** The panels around the canvas: one on the right for what is selected, tabs below it. */

import type { ComponentType } from "react";

import type { EditorStore } from "../document/store";
import { InspectorDock } from "./inspector/dock";

export interface DockPanel {
  id: string;
  title: string;
  Component: ComponentType;
  /** A number on its tab; none when 0. */
  count?: (store: EditorStore) => number;
}

/** Shown on the right while something is selected. */
export const RIGHT: DockPanel[] = [{ id: "inspector", title: "Settings", Component: InspectorDock }];

/** Tabs below the canvas. */
export const BOTTOM: DockPanel[] = [];
