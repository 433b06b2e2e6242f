/** Keeps the keyboard in the editor when what had it is taken away: a node by an undo, the arrow of a group that folds. */

/** Watch an element until the function that it returns is called. */
export function holdFocus(root: HTMLElement): () => void {
  let last: HTMLElement | null = null;
  const came = (event: FocusEvent): void => void (last = event.target as HTMLElement);
  const went = (event: FocusEvent): void => {
    // Who leaves by hand may stay away; what was taken out of the page is in it no more by now.
    const left = event.target as HTMLElement;
    requestAnimationFrame(() => left.isConnected && !root.contains(active(root)) && last === left && (last = null));
  };
  const look = (): void => {
    const gone = last !== null && (!last.isConnected || (last as HTMLButtonElement).disabled);
    if (!gone) return;
    last = null;
    if (nobodyHasIt()) root.focus({ preventScroll: true });
  };
  const watch = new MutationObserver(look);
  watch.observe(root, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  root.addEventListener("focusin", came);
  root.addEventListener("focusout", went);
  return () => {
    watch.disconnect();
    root.removeEventListener("focusin", came);
    root.removeEventListener("focusout", went);
  };
}

const active = (root: HTMLElement): Element | null => (root.getRootNode() as Document | ShadowRoot).activeElement;

/** A browser gives the keyboard to the page when its owner goes. */
function nobodyHasIt(): boolean {
  let owner = document.activeElement;
  while (owner?.shadowRoot?.activeElement) owner = owner.shadowRoot.activeElement;
  return owner === null || owner === document.body || owner.matches(":disabled");
}
