/** Asks the host for the node types, and says in the store how that goes: the palette tells it. */

import type { EditorStore } from "../document/store";
import type { NodeType } from "../types";

export async function askForTypes(store: EditorStore): Promise<void> {
  store.set({ types: "asked" });
  try {
    const catalog = await store.outside.host.call<NodeType[]>("flow_nodes");
    store.set({ catalog, types: "there" });
  } catch (error) {
    store.set({ types: "failed" });
    store.say(error instanceof Error ? error.message : String(error), "refused");
  }
}
