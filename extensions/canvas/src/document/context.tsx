/** The store for components: `useEditor()` gives it and draws again when anything in it changes. */

import { createContext, useContext, useSyncExternalStore } from "react";

import type { EditorStore } from "./store";

export const EditorContext = createContext<EditorStore | null>(null);

/** The store alone, for what only acts; never draws again. */
export function useStore(): EditorStore {
  const store = useContext(EditorContext);
  if (!store) throw new Error("useEditor is for components inside of the editor.");
  return store;
}

export function useEditor(): EditorStore {
  const store = useStore();
  useSyncExternalStore(store.subscribe, () => store.version);
  return store;
}

/** One value of the store; draws again only when it is another one. */
export function usePart<T>(pick: (store: EditorStore) => T): T {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => pick(store));
}
