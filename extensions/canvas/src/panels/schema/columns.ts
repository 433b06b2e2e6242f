/** Which columns can be picked at a place: those that come in at its port. */

import type { Column, NodeColumns } from "../../types";

/** Every column of an input once, in its order; of all inputs when no port is named. */
export function columnsAt(columns: NodeColumns | undefined, port = ""): Column[] {
  const found = new Map<string, Column>();
  for (const [name, wires] of Object.entries(columns?.inputs ?? {})) {
    if (port && name !== port) continue;
    for (const column of wires.flat()) if (!found.has(column.name)) found.set(column.name, column);
  }
  return [...found.values()];
}

/** The input that an expression is about: `left_where` is about `left` when there is such an input. */
export function portOfField(columns: NodeColumns | undefined, field: string): string {
  const port = field.split(".")[0]?.split("_")[0] ?? "";
  return columns && port in columns.inputs ? port : "";
}

export const typeText = (column: Column): string => column.type + (column.nullable ? " or none" : "");
