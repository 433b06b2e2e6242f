/** Where a new node goes, and which node is next to which: for people who work with the keyboard. */

import { edgesOf, nodesOf, type Place } from "./nodes";
import { GRID, WIDTH } from "./sizes";
import type { Graph } from "../types";

const NEAR = 40;

/** The place that was wanted, or the next one below it where nothing stands. */
export function freeSpot(places: Iterable<Place>, wanted: Place): Place {
  const taken = [...places];
  const spot: Place = [snapped(wanted[0]), snapped(wanted[1])];
  while (taken.some(([x, y]) => Math.abs(x - spot[0]) < WIDTH - 20 && Math.abs(y - spot[1]) < NEAR)) spot[1] += 80;
  return spot;
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
