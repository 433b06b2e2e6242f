/** Where a new node goes, and which node is next to which: for people who work with the keyboard. */

import { edgesOf, nodesOf, type Place } from "./nodes";
import { GRID, WIDTH } from "./sizes";
import type { Graph } from "../types";

const NEAR = 60;

const DOWN = 80;

/** The place that was wanted, or the next one below it where nothing stands. */
export function freeSpot(places: Iterable<Place>, wanted: Place): Place {
  const [dx, dy] = freeShift(places, [[0, 0]], [snapped(wanted[0]), snapped(wanted[1])]);
  return [dx, dy];
}

/** By how much some nodes are moved so that they stand as wanted, or, where others are, the next bit below. */
export function freeShift(taken: Iterable<Place>, block: readonly Place[], wanted: Place): Place {
  const there = [...taken];
  const shift: Place = [wanted[0], wanted[1]];
  const hides = (): boolean => block.some(([x, y]) => there.some(([left, top]) => Math.abs(left - x - shift[0]) < WIDTH - 20 && Math.abs(top - y - shift[1]) < NEAR));
  while (hides()) shift[1] += DOWN;
  return shift;
}

export interface Room {
  at: Place;
  size: readonly [number, number];
}

/** Where something of a size hides nothing: as wanted, or as little above or below as can be. */
export function freeRoom(taken: readonly Room[], wanted: Place, size: readonly [number, number]): Place {
  const free = (y: number): boolean => taken.every(({ at, size: [width, height] }) => at[0] >= wanted[0] + size[0] || at[0] + width <= wanted[0] || at[1] >= y + size[1] || at[1] + height <= y);
  for (let away = 0; ; away += GRID) {
    const y = [wanted[1] + away, wanted[1] - away].find(free);
    if (y !== undefined) return [wanted[0], y];
  }
}

/** Right of a node, so that a wire has room. */
export const rightOf = ([x, y]: Place): Place => [x + WIDTH + 70, y];

export const snapped = (value: number): number => Math.round(value / GRID) * GRID;

export type Direction = "left" | "right" | "up" | "down";

/** The node that one comes to from another: along wires to the left and right, by place up and down. */
export function neighbour(graph: Graph, places: ReadonlyMap<string, Place>, from: string, direction: Direction): string {
  const ids =
    direction === "right"
      ? edgesOf(graph).flatMap((edge) => (edge.source === from ? [edge.target] : []))
      : direction === "left"
        ? edgesOf(graph).flatMap((edge) => (edge.target === from ? [edge.source] : []))
        : nodesOf(graph).map((node) => node.id);
  if (direction === "left" || direction === "right") return ids.sort((a, b) => (places.get(a)?.[1] ?? 0) - (places.get(b)?.[1] ?? 0))[0] ?? "";
  // Up and down go through all nodes as one reads: column by column, from top to bottom.
  const ordered = ids.sort((a, b) => {
    const [p, q]: [Place, Place] = [places.get(a) ?? [0, 0], places.get(b) ?? [0, 0]];
    return Math.round(p[0] / 100) - Math.round(q[0] / 100) || p[1] - q[1];
  });
  const at = ordered.indexOf(from);
  return ordered[at + (direction === "down" ? 1 : -1)] ?? "";
}
