/** Gets the rows of a node: by a preview of the flow as it stands, or sampled from a run. */

import { useCallback, useEffect, useRef, useState } from "react";

import type { Pinned } from "../../document/outside";
import { codeOf } from "../../host/calls";
import type { Column, Flow, Host, Json, Preview } from "../../types";
import { isThere } from "../problems/parts";

export type Rows =
  | { is: "idle" }
  | { is: "loading" }
  | { is: "failed"; text: string }
  | { is: "there"; columns: Column[]; rows: Record<string, Json>[]; total: number; errors: string[]; notes: string[]; live: boolean };

const MOST = 200;
const TAP_MS = 1000;

interface Tap {
  rows: Record<string, Json>[];
  seen: number;
}

export const IDLE: Rows = { is: "idle" };

export function asked(flow: Flow, node: string, pinned: Readonly<Record<string, Pinned>>): Record<string, unknown> {
  const args = { flow: flow.name, document: JSON.stringify(flow), node, rows: MOST };
  // A node that was pinned may be gone or have another name by now.
  const known = Object.entries(pinned).filter(([id]) => isThere(flow, id));
  return known.length === 0 ? args : { ...args, pinned: JSON.stringify(Object.fromEntries(known)) };
}

/** `cancel` lets the answer go unheard; what is asked later wins over what was asked before. */
export function usePreview(host: Host): { rows: Rows; load: (args: Record<string, unknown>) => void; cancel: () => void } {
  const [rows, setRows] = useState<Rows>(IDLE);
  const last = useRef(0);
  const load = useCallback(
    (args: Record<string, unknown>) => {
      const number = ++last.current;
      setRows({ is: "loading" });
      host.call<Preview>("flow_preview", args).then(
        (found) => number === last.current && setRows({ is: "there", columns: found.columns, rows: found.rows, total: found.total, errors: found.errors ?? [], notes: found.notes ?? [], live: false }),
        (error: unknown) => number === last.current && setRows({ is: "failed", text: error instanceof Error ? error.message : String(error) }),
      );
    },
    [host],
  );
  const cancel = useCallback(() => {
    last.current += 1;
    setRows(IDLE);
  }, []);
  return { rows, load, cancel };
}

/** The last sampled rows of a node of a run, once a second. */
export function useTap(host: Host, run: string, node: string, on: boolean): Rows {
  const [rows, setRows] = useState<Rows>(IDLE);
  useEffect(() => {
    if (!on || !run || !node) return undefined;
    let here = true;
    setRows({ is: "loading" });
    const ask = (): void =>
      void host.call<Tap>("flow_tap", { run_id: run, node }).then(
        (tap) => here && setRows({ is: "there", columns: columnsOf(tap.rows), rows: [...tap.rows].reverse(), total: tap.seen, errors: [], notes: [], live: true }),
        (error: unknown) => here && setRows({ is: "failed", text: tapRefused(node, error) }),
      );
    ask();
    const timer = setInterval(ask, TAP_MS);
    return () => {
      here = false;
      clearInterval(timer);
    };
  }, [host, run, node, on]);
  return on ? rows : IDLE;
}

/** A run keeps rows of those nodes only that it was told to watch when it began. */
function tapRefused(node: string, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return codeOf(error) === "not-watched" ? `This run does not watch ${node}. Stop it, select ${node} and press "Run and watch ${node}" under Run.` : said;
}

/** Sampled rows say no types; what is seen in them is shown. */
export function columnsOf(rows: readonly Record<string, Json>[]): Column[] {
  const names = new Map<string, Column>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      const before = names.get(name);
      const type = before && before.type !== "unknown" ? before.type : kindOf(value);
      names.set(name, { name, type, nullable: (before?.nullable ?? false) || value === null });
    }
  }
  return [...names.values()];
}

const kindOf = (value: Json): string =>
  value === null ? "unknown" : typeof value === "string" ? "text" : typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "json";
