/** What every field of one form knows: the node, its columns and findings, and whom to ask. */

import { createContext, useContext } from "react";

import type { Finding, Host, Json, NodeColumns, Schema } from "../../types";
import type { Defs } from "../schema/shape";

export interface Scope {
  /** Id of the node; empty when several are edited. */
  node: string;
  kind: string;
  /** What the ids of the inputs begin with. */
  prefix: string;
  defs: Defs;
  columns: NodeColumns | undefined;
  findings: Finding[];
  host: Host;
  readonly: boolean;
}

export const FormScope = createContext<Scope | null>(null);

export function useScope(): Scope {
  const scope = useContext(FormScope);
  if (!scope) throw new Error("A field stands outside of a form.");
  return scope;
}

/** One place of a form: `undefined` as a new value takes the setting out. */
export interface ControlProps {
  schema: Schema;
  path: string;
  value: Json | undefined;
  /** What it is called for screen readers. */
  label: string;
  /** Ids of what explains it and of what is wrong with it. */
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
  onChange: (value: Json | undefined) => void;
}

export const idOf = (scope: Scope, path: string): string => `${scope.prefix}-${path.replace(/[^A-Za-z0-9_-]/g, "_")}`;

/** What an input shows when nothing is set: its default. */
export const placeholderOf = (value: Json | undefined): string =>
  value === undefined || value === null || value === "" || typeof value === "object" ? "" : String(value);

/** What every input has in common. */
export const common = (scope: Scope, { path, label, describedBy, invalid }: ControlProps) => ({
  id: idOf(scope, path),
  "aria-label": label,
  "aria-describedby": describedBy,
  "aria-invalid": invalid || undefined,
  disabled: scope.readonly,
});
