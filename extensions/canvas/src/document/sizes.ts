/** How large nodes are drawn, in pixels: known before they are, so that a layout needs no browser. */

import type { Kinds } from "./kinds";

export const WIDTH = 212;
const HEAD = 52;
const PORT = 20;
export const GRID = 10;
/** Of the box that a folded group is. */
export const BOX_HEIGHT = 64;

/** Height of a node of a kind: its heading, and room for its ports. */
export function heightOf(kinds: Kinds, kind: string): number {
  const ports = kinds.get(kind)?.inputs.length ?? 1;
  return Math.max(HEAD, 12 + PORT * ports);
}
