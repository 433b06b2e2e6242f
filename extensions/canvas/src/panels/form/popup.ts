/** A list under an input, in the browser's top layer, so that no scrolling panel cuts it off. */

import { useLayoutEffect, useRef, type RefObject } from "react";

const HIGHEST = 260;
const GAP = 2;

export function usePopup<T extends HTMLElement>(anchor: RefObject<HTMLElement | null>, open: boolean): RefObject<T | null> {
  const popup = useRef<T>(null);
  useLayoutEffect(() => {
    const box = popup.current;
    if (!open || !box) return undefined;
    // Older browsers and tests have no popover; there the list stands where it is.
    box.showPopover?.();
    const place = (): void => {
      const at = anchor.current?.getBoundingClientRect();
      if (!at) return;
      const below = window.innerHeight - at.bottom - GAP;
      const above = at.top - GAP;
      const up = below < 140 && above > below;
      Object.assign(box.style, {
        left: `${at.left}px`,
        width: `${Math.max(at.width, 220)}px`,
        maxHeight: `${Math.min(HIGHEST, Math.max(80, (up ? above : below) - 8))}px`,
        top: up ? "auto" : `${at.bottom + GAP}px`,
        bottom: up ? `${window.innerHeight - at.top + GAP}px` : "auto",
      });
    };
    place();
    window.addEventListener("scroll", place, true);
    window.addEventListener("resize", place);
    return () => {
      window.removeEventListener("scroll", place, true);
      window.removeEventListener("resize", place);
    };
  }, [anchor, open]);
  return popup;
}
