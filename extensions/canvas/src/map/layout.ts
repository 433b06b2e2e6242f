/** Where services stand and which way their calls go: the layout of the canvas, with room for what is written on calls. */

import { laidOut, type LayoutTask, type Spot } from "../document/layout";
import type { Call, Service, ServiceMap } from "./graph";

export const WIDTH = 184;
export const HEIGHT = 54;
const SPACING = { width: WIDTH, nodesep: 22, ranksep: 30 };
/** Of one letter on a call, about, of the frame around a line of them, and how high a line is. */
const LETTER = 6.4;
const AROUND = 16;
const LINE = 19;

export interface PlacedService extends Spot {
  service: Service;
}

export interface PlacedCall {
  call: Call;
  /** Of an SVG path. */
  path: string;
  label: Spot;
}

export interface Placed {
  services: PlacedService[];
  calls: PlacedCall[];
  width: number;
  height: number;
}

/** The smallest zoom at which one reads what stands on a service. */
export const READABLE = 0.6;

/** How small all of it has to be drawn for a width in pixels, but not smaller than it can be read; and whether all is in sight then. */
export function scaled({ width }: Placed, room: number): { zoom: number; whole: boolean } {
  const fits = room > 0 ? Math.min(1, room / width) : 1;
  return { zoom: Math.max(READABLE, fits), whole: fits >= READABLE };
}

/** Services from left to right and downwards, which is the order in which they are read; upper left corners. */
export function placed(map: ServiceMap): Placed {
  const known = new Set(map.services.map((one) => one.id));
  const calls = map.calls.filter(({ source, target }) => known.has(source) && known.has(target) && source !== target);
  const task: LayoutTask = {
    nodes: map.services.map(({ id }) => ({ id, height: HEIGHT })),
    edges: calls.map((call) => ({ source: call.source, target: call.target, ...labelSize(call) })),
  };
  const drawn = laidOut(task, SPACING);
  const services = map.services.map((service) => {
    const { x, y } = drawn.middle(service.id);
    return { service, x: x - WIDTH / 2, y: y - HEIGHT / 2 };
  });
  services.sort((one, other) => one.x - other.x || one.y - other.y);
  const ways = calls.map((call): PlacedCall => {
    const way = drawn.way(call.source, call.target);
    const between = way.points.slice(1, -1);
    const [from, to] = [drawn.middle(call.source), drawn.middle(call.target)];
    const ends = to.x > from.x ? 1 : -1;
    const points = [{ x: from.x + (ends * WIDTH) / 2, y: from.y }, ...between, { x: to.x - (ends * WIDTH) / 2, y: to.y }];
    return { call, path: smooth(points), label: { x: way.x ?? (from.x + to.x) / 2, y: way.y ?? (from.y + to.y) / 2 } };
  });
  return { services, calls: ways, width: drawn.width, height: drawn.height };
}

function labelSize({ label = "", failed = "" }: Call): { width: number; height: number } {
  const lines = [label, failed].filter(Boolean);
  return { width: lines.length && Math.max(...lines.map((line) => line.length)) * LETTER + AROUND, height: lines.length * LINE };
}

/** A line through points that is level at each of them. */
export function smooth(points: readonly Spot[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let at = first;
  const parts = rest.map((next) => {
    const middle = (at.x + next.x) / 2;
    const part = `C${round(middle)},${round(at.y)} ${round(middle)},${round(next.y)} ${round(next.x)},${round(next.y)}`;
    at = next;
    return part;
  });
  return `M${round(first.x)},${round(first.y)} ${parts.join(" ")}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
