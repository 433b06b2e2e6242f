/** Keeps what is written: in the workspace as a draft, in the browser until that is done; another's change is never lost. */

import type { EditorStore } from "../document/store";
import type { Flow } from "../types";
import { forget, recall, remember } from "../view/memory";

const PAUSE_MS = 700;

interface Kept {
  flow: Flow;
  /** Milliseconds since 1970. */
  at: number;
}

interface Draft {
  document_id: string;
}

export interface Drafts {
  stop(): void;
}

const keyOf = (key: string): string => `draft.${key}`;

/** Keep every change in the browser, and offer one that was left there. */
export function keepInBrowser(store: EditorStore, key: string): Drafts {
  const left = recall<Kept | null>(keyOf(key), null);
  if (left && JSON.stringify(left.flow) !== JSON.stringify(store.flow)) {
    const drop = (): void => forget(keyOf(key));
    store.notify("draft", `Changes of ${new Date(left.at).toLocaleString()} were not saved.`, [
      { label: "Take them", run: () => store.editFlow("Take the changes that were not saved", () => left.flow) },
      { label: "Drop them", run: drop },
    ]);
  }
  const stop = store.history.subscribe(() => remember(keyOf(key), { flow: store.flow, at: Date.now() }));
  return { stop };
}

/** Write every change to the workspace, a moment after the last key. */
export function saveDrafts(store: EditorStore, name: string, key: string, pause = PAUSE_MS): Drafts {
  const { host } = store.outside;
  let over: string | null = null;
  let saved = JSON.stringify(store.flow);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  let held = false;

  const read = async (): Promise<string> => {
    try {
      return (await host.call<Draft>("flow_draft", { flow: name })).document_id;
    } catch {
      return "";
    }
  };
  const write = async (): Promise<void> => {
    const document = JSON.stringify(store.flow);
    if (busy || held || document === saved) return;
    busy = true;
    store.set({ saving: "saving" });
    try {
      over ??= await read();
      over = (await host.call<Draft>("flow_write", { flow: name, document, over })).document_id;
      saved = document;
      forget(keyOf(key));
      store.set({ saving: "saved" });
    } catch (error) {
      await refused(error instanceof Error ? error.message : String(error));
    }
    busy = false;
    soon();
  };
  /** Another changed the draft, or it cannot be written: ours stays here, and its user decides. */
  const refused = async (why: string): Promise<void> => {
    held = true;
    store.set({ saving: "not saved" });
    const now = await read();
    const go = (id: string): void => {
      over = id;
      held = false;
      soon(0);
    };
    if (now !== "" && now !== over) {
      store.notify("conflict", `Someone else changed ${name} meanwhile. Your changes are kept here.`, [
        { label: "Take theirs", run: () => void theirs(now, go) },
        { label: "Write mine over it", run: () => go(now) },
        { label: "Copy mine", run: () => void navigator.clipboard?.writeText(JSON.stringify(store.flow, null, 2)), stays: true },
      ]);
    } else store.notify("conflict", `The draft was not saved: ${why}`, [{ label: "Try again", run: () => go(over ?? "") }]);
  };
  const theirs = async (id: string, go: (id: string) => void): Promise<void> => {
    try {
      const text = await host.call<string>("flow_show", { flow: name });
      const flow = JSON.parse(text) as Flow;
      // As a step that can be taken back: ours is not gone.
      store.editFlow("Take the other version", () => flow);
      saved = JSON.stringify(flow);
      go(id);
    } catch (error) {
      store.say(error instanceof Error ? error.message : String(error), "refused");
    }
  };
  const soon = (after = pause): void => {
    clearTimeout(timer);
    if (JSON.stringify(store.flow) !== saved) timer = setTimeout(() => void write(), after);
  };
  store.written = async () => {
    clearTimeout(timer);
    // A change that came while another is written waits for it.
    for (; busy; ) await new Promise((resolve) => setTimeout(resolve, 20));
    await write();
  };
  const forgetHistory = store.history.subscribe(() => soon());
  void read().then((id) => (over ??= id));
  return {
    stop: () => {
      forgetHistory();
      clearTimeout(timer);
      void write();
    },
  };
}
