/** What the host, the checks and the editor itself say beside the document; never part of it or its history. */

import { NO_HOST } from "../host/calls";
import type { Column, Finding, Host, Json, NodeColumns, NodeType, Overlay, Theme } from "../types";

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

/** Sample rows that stand in for the output of a node in previews. */
export interface Pinned {
  columns: Column[];
  rows: Record<string, Json>[];
}

export interface Outside {
  catalog: NodeType[];
  /** Whether the node types are there; they may have to be asked for. */
  types: "there" | "asked" | "failed";
  overlay: Overlay;
  findings: Finding[];
  schemas: Record<string, NodeColumns>;
  /** By full id; kept while the editor is open. */
  pinned: Readonly<Record<string, Pinned>>;
  theme: Theme;
  readonly: boolean;
  host: Host;
  /** Whether the flow was looked at: not at all, for the first time just now, or before. */
  check: "none" | "first" | "done";
  /** Why the last check gave no answer; empty when it did. */
  unchecked: string;
  /** What became of the draft; empty where none is kept. */
  saving: "" | "saving" | "saved" | "not saved";
}

export const SILENT: Outside = {
  catalog: [], types: "there", overlay: {}, findings: [], schemas: {}, pinned: {}, theme: "light", readonly: false, host: NO_HOST, check: "none", unchecked: "", saving: "",
};
