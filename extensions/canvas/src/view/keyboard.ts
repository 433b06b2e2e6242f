/** Leads keys and the events of the clipboard to the commands. */

import { useEffect } from "react";

import { copiedText, pasteText, removeSelected } from "./actions";
import { keysOf, press, type Context } from "./commands";
import { isTyping } from "./stage";

/** Keys whose work the browser's own event does, so that the clipboard of the system is used. */
const CLIPBOARD = new Set(["Ctrl+C", "Ctrl+X", "Ctrl+V"]);

export function onKey(event: React.KeyboardEvent, context: Context): void {
  const keys = keysOf(event);
  if (isTyping(event.target) || CLIPBOARD.has(keys)) return;
  const target = event.target as HTMLElement;
  // Buttons and tabs have their own meaning of these.
  if (["Enter", "Space", "Left", "Right", "Up", "Down"].includes(keys) && target.closest("button, [role='tab']")) return;
  if (press(keys, context)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The browser gives these events to the whole page, so they are ours only while the focus is. */
export function useClipboard({ store, stage }: Context): void {
  useEffect(() => {
    const give = (event: ClipboardEvent): void => {
      const text = stage.hasFocus ? copiedText(store) : "";
      if (!text) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      store.say(event.type === "cut" ? "Cut." : "Copied.");
      if (event.type === "cut") stage.keepFocus(() => removeSelected(store));
    };
    const take = (event: ClipboardEvent): void => {
      if (!stage.hasFocus || store.outside.readonly) return;
      const text = event.clipboardData?.getData("text/plain") ?? "";
      event.preventDefault();
      const { pointer } = stage;
      pasteText(store, text, pointer ? stage.onCanvas(pointer.x, pointer.y) : undefined);
      stage.bring();
    };
    document.addEventListener("copy", give);
    document.addEventListener("cut", give);
    document.addEventListener("paste", take);
    return () => {
      document.removeEventListener("copy", give);
      document.removeEventListener("cut", give);
      document.removeEventListener("paste", take);
    };
  }, [store, stage]);
}
