/** Sample rows that stand in for the output of a node in previews: what is before it does not run then. */

import { nodeOf } from "../../document/nodes";
import type { Pinned } from "../../document/outside";
import type { EditorStore } from "../../document/store";
import { reaches } from "../../document/wires";
import type { Flow, Preview } from "../../types";
import { isThere, outputOf } from "../problems/parts";
import { asked } from "./fetch";

export function pin(store: EditorStore, node: string, rows: Pinned | null): void {
  const { [node]: _old, ...rest } = store.outside.pinned;
  store.set({ pinned: rows ? { ...rest, [node]: rows } : rest });
}

/** Let previews run from a node on: pin its first rows, or let go of those that are pinned. */
export async function runFromHere(store: EditorStore, id: string): Promise<void> {
  const node = outputOf(store.flow, store.fullId(id));
  if (store.outside.pinned[node]) {
    pin(store, node, null);
    return store.say(`${node} runs in previews again.`);
  }
  store.say(`Reading the first rows of ${node} …`);
  try {
    const { columns, rows } = await store.outside.host.call<Preview>("flow_preview", asked(store.flow, node, store.outside.pinned));
    if (rows.length === 0) return store.say(`No rows came to ${node}, so there is nothing to run from.`, "refused");
    pin(store, node, { columns, rows });
    store.say(`Previews run from here: ${rows.length} ${rows.length === 1 ? "row" : "rows"} of ${node} pinned.`);
  } catch (error) {
    store.say(error instanceof Error ? error.message : String(error), "refused");
  }
}

/** The pinned nodes that a preview of a node runs from. */
export function pinnedBefore(flow: Flow, node: string, pinned: Readonly<Record<string, Pinned>>): string[] {
  const outer = (full: string): string => full.split("/")[0] ?? "";
  const within = (full: string): boolean => outer(full) === outer(node) && full !== node;
  const before = (full: string): boolean => nodeOf(flow, outer(full)) !== undefined && outer(full) !== outer(node) && reaches(flow, outer(full), outer(node));
  return Object.keys(pinned).filter((full) => isThere(flow, full) && (before(full) || within(full)));
}
