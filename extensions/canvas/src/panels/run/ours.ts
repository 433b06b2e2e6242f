/** Overlays that the editor made from figures that it asked for; those that a host gives whole are left alone. */

import type { Overlay } from "../../types";

const OURS = new WeakSet<Overlay>();

export const isOurs = (overlay: Overlay): boolean => OURS.has(overlay);

export function asOurs(overlay: Overlay): Overlay {
  OURS.add(overlay);
  return overlay;
}

/** What a host says next. When it only tells how the same run stands, the figures stay until newer ones come. */
export const taken = (before: Overlay, next: Overlay): Overlay =>
  isOurs(before) && next.nodes === undefined && next.run?.id !== undefined && next.run.id === before.run?.id ? asOurs({ ...before, run: next.run }) : next;
