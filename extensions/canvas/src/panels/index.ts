/** The panels around the canvas: one on the right for what is selected, tabs below it. */

import type { ComponentType } from "react";

import type { EditorStore } from "../document/store";
import { InspectorDock } from "./inspector/dock";
import { PreviewDock } from "./preview/dock";
import { ProblemsDock, problemsOf } from "./problems/dock";
import { RunDock } from "./run/dock";
import { TemplatesDock } from "./templates/dock";
import { VersionsDock } from "./versions/dock";

export { RunFollower } from "./run/follower";

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
export const BOTTOM: DockPanel[] = [
  { id: "problems", title: "Problems", Component: ProblemsDock, count: (store) => problemsOf(store).length },
  { id: "preview", title: "Preview", Component: PreviewDock },
  { id: "run", title: "Run", Component: RunDock },
  { id: "versions", title: "Versions", Component: VersionsDock },
  { id: "templates", title: "Templates and files", Component: TemplatesDock },
];
