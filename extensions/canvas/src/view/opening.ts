/** What is in sight when a flow is opened: all of it, or, where that could not be read, its beginning. */

import type { Viewport } from "@xyflow/react";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** In pixels. */
export interface Size {
  width: number;
  height: number;
}

/** The smallest zoom at which one reads what a node does. */
const READABLE = 0.7;
/** A flow that is whole a little below that is shown whole: its last node is worth more than larger letters. */
const ALMOST = 0.6;
/** An overview, such as a map of services, may be smaller. */
const OVERVIEW = 0.35;
const EDGE = 40;

/** The viewport for boxes on a stage of a size. */
export function openingView(boxes: readonly Box[], stage: Size, overview: boolean): Viewport {
  if (boxes.length === 0 || stage.width <= 0 || stage.height <= 0) return { x: 0, y: 0, zoom: 1 };
  const whole = around(boxes);
  const [width, height] = [stage.width - 2 * EDGE, stage.height - 2 * EDGE];
  const fitting = Math.min(1, width / whole.width, height / whole.height);
  const zoom = overview ? Math.max(OVERVIEW, fitting) : fitting >= ALMOST ? fitting : READABLE;
  const first = around(boxes.filter((box) => box.x < whole.x + whole.width * 0.02 + 1));
  const centred = (low: number, size: number, room: number): number => room / 2 - (low + size / 2) * zoom;
  return {
    zoom,
    x: whole.width * zoom <= width + 1 ? centred(whole.x, whole.width, stage.width) : EDGE - whole.x * zoom,
    // Where not even the sources fit, the uppermost come first.
    y: whole.height * zoom <= height + 1 ? centred(whole.y, whole.height, stage.height) : first.height * zoom <= height + 1 ? centred(first.y, first.height, stage.height) : EDGE - first.y * zoom,
  };
}

/** Whether all boxes are on the stage, seen through a viewport. */
export function allInSight(boxes: readonly Box[], { x, y, zoom }: Viewport, stage: Size): boolean {
  if (boxes.length === 0) return true;
  const whole = around(boxes);
  const [left, top] = [whole.x * zoom + x, whole.y * zoom + y];
  return left >= 0 && top >= 0 && left + whole.width * zoom <= stage.width && top + whole.height * zoom <= stage.height;
}

function around(boxes: readonly Box[]): Box {
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  return { x, y, width: Math.max(...boxes.map((box) => box.x + box.width)) - x, height: Math.max(...boxes.map((box) => box.y + box.height)) - y };
}
