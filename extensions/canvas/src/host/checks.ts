/** Lets the workbench check a flow while it is written: a moment after the last key, one check at a time, never in the way. */

import type { EditorStore } from "../document/store";
import type { Finding, Flow, Graph, NodeColumns } from "../types";

const PAUSE_MS = 350;

/** What a check depends on: all but where things stand and what is only drawn. */
export function meaning(flow: Flow): string {
  const graph = ({ nodes, edges }: Graph): unknown => [nodes?.map(({ id, kind, settings }) => [id, kind, settings ?? {}]), edges ?? []];
  const parts = Object.entries(flow.parts ?? {}).map(([name, part]) => [name, graph(part), part.inputs ?? [], part.output ?? ""]);
  return JSON.stringify([graph(flow), parts]);
}

export interface Checks {
  stop(): void;
}

export function startChecks(store: EditorStore, pause = PAUSE_MS): Checks {
  let checked = "";
  let busy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const check = async (): Promise<void> => {
    const { host } = store.outside;
    const { flow } = store;
    const now = meaning(flow);
    if (stopped || busy || now === checked || store.outside.readonly) return;
    busy = true;
    const asked = { flow: flow.name, document: JSON.stringify(flow) };
    try {
      // The columns come out of the same look at the flow, so they cost nothing more.
      const { findings } = await host.call<{ findings: Finding[] }>("flow_check", asked);
      const { nodes } = await host.call<{ nodes: Record<string, NodeColumns> }>("flow_schemas", asked);
      if (!stopped) store.set({ findings, schemas: nodes, check: "done", unchecked: "" });
    } catch (error) {
      if (!stopped) store.set({ check: "done", unchecked: error instanceof Error ? error.message : String(error) });
    }
    checked = now;
    busy = false;
    soon();
  };
  const soon = (): void => {
    clearTimeout(timer);
    if (!stopped && meaning(store.flow) !== checked) timer = setTimeout(() => void check(), pause);
  };
  store.set({ check: "first" });
  const forget = store.history.subscribe(soon);
  soon();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      forget();
    },
  };
}
