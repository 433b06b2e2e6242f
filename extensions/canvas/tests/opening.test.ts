import { expect, test } from "vitest";

import { allInSight, openingView } from "../src/view/opening";

const STAGE = { width: 1000, height: 600 };
const row = (count: number, y = 0): { x: number; y: number; width: number; height: number }[] => Array.from({ length: count }, (_, at) => ({ x: at * 300, y, width: 200, height: 50 }));

test("a small flow stands in the middle, not enlarged", () => {
  expect(openingView(row(2), STAGE, false)).toEqual({ zoom: 1, x: 250, y: 275 });
});

test("a flow that fits a little smaller is shown whole", () => {
  const { zoom, x } = openingView(row(4), STAGE, false);

  expect(zoom).toBeCloseTo(920 / 1100);
  expect(x).toBeCloseTo(40);
});

test("a flow is rather shown whole with small letters than without its last node", () => {
  expect(openingView(row(5), STAGE, false).zoom).toBeCloseTo(920 / 1400);
  expect(openingView(row(6), STAGE, false).zoom).toBe(0.7);
});

test("a long flow opens at its sources, where one can read it", () => {
  expect(openingView(row(40), STAGE, false)).toEqual({ zoom: 0.7, x: 40, y: 300 - 25 * 0.7 });
});

test("of a tall flow the sources are in the middle; when they do not fit, the uppermost come first", () => {
  const tall = Array.from({ length: 40 }, (_, at) => ({ x: 300, y: at * 100, width: 200, height: 50 }));

  expect(openingView([{ x: 0, y: 1000, width: 200, height: 50 }, ...tall], STAGE, false).y).toBe(300 - 1025 * 0.7);
  expect(openingView(tall, STAGE, false).y).toBe(40);
});

test("an overview may be smaller", () => {
  expect(openingView(row(9), STAGE, true).zoom).toBeCloseTo(920 / 2600);
  expect(openingView(row(90), STAGE, true).zoom).toBe(0.35);
});

test("nothing, or no room, is shown as it is", () => {
  expect(openingView([], STAGE, false)).toEqual(openingView(row(3), { width: 0, height: 0 }, false));
});

test("all is in sight when the whole is on the stage, seen through the viewport", () => {
  const boxes = row(3);

  expect(allInSight(boxes, openingView(boxes, STAGE, false), STAGE)).toBe(true);
  expect(allInSight(boxes, { x: 0, y: 0, zoom: 2 }, STAGE)).toBe(false);
  expect(allInSight(boxes, { x: -1, y: 0, zoom: 1 }, STAGE)).toBe(false);
  expect(allInSight([], { x: 0, y: 0, zoom: 1 }, STAGE)).toBe(true);
});
