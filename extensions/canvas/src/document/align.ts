/** Puts nodes in line, or at equal distances; never one on another. */

import type { Place } from "./nodes";
import { WIDTH } from "./sizes";

export interface Box {
  id: string;
  at: Place;
  height: number;
}

/** Between nodes that would stand on each other. */
const GAP = 30;

export type Edge = "left" | "right" | "top" | "bottom" | "middle";

export function aligned(boxes: readonly Box[], edge: Edge): Map<string, Place> {
  const left = Math.min(...boxes.map(({ at }) => at[0]));
  const right = Math.max(...boxes.map(({ at }) => at[0]));
  const top = Math.min(...boxes.map(({ at }) => at[1]));
  const bottom = Math.max(...boxes.map(({ at, height }) => at[1] + height));
  const middle = boxes.reduce((sum, { at, height }) => sum + at[1] + height / 2, 0) / boxes.length;
  const place = ({ at, height }: Box): Place =>
    ({ left: [left, at[1]], right: [right, at[1]], top: [at[0], top], bottom: [at[0], bottom - height], middle: [at[0], middle - height / 2] })[edge] as Place;
  return apart(boxes.map((box) => ({ ...box, at: place(box) })), edge === "left" || edge === "right" ? 1 : 0);
}

/** Nodes in one line, pushed along it where they would hide each other. */
function apart(boxes: readonly Box[], axis: 0 | 1): Map<string, Place> {
  let end = -Infinity;
  const placed = new Map<string, Place>();
  for (const box of [...boxes].sort((a, b) => a.at[axis] - b.at[axis])) {
    const start = box.at[axis] < end ? end + GAP : box.at[axis];
    placed.set(box.id, axis === 0 ? [start, box.at[1]] : [box.at[0], start]);
    end = start + (axis === 0 ? WIDTH : box.height);
  }
  return new Map(boxes.map(({ id, at }) => [id, placed.get(id) ?? at]));
}

/** Equal gaps between the outermost two; these stay. */
export function distributed(boxes: readonly Box[], along: "across" | "down"): Map<string, Place> {
  const axis = along === "across" ? 0 : 1;
  const length = (box: Box): number => (axis === 0 ? WIDTH : box.height);
  const ordered = [...boxes].sort((a, b) => a.at[axis] - b.at[axis]);
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (!first || !last) return new Map();
  const inner = ordered.slice(0, -1).reduce((sum, box) => sum + length(box), 0);
  const gap = (last.at[axis] - first.at[axis] - inner) / Math.max(1, ordered.length - 1);
  let next = first.at[axis];
  return new Map(
    ordered.map((box) => {
      const place: Place = axis === 0 ? [next, box.at[1]] : [box.at[0], next];
      next += length(box) + gap;
      return [box.id, place];
    }),
  );
}
