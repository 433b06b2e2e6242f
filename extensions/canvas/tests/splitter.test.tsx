import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { LEAST, Splitter } from "../src/view/splitter";

afterEach(cleanup);

function edge(now = 200, most = 400): { heights: number[]; element: HTMLElement } {
  const heights: number[] = [];
  render(<Splitter height={0} measured={() => ({ now, most })} set={(height) => heights.push(height)} />);
  const element = screen.getByRole("separator", { name: "Height of the panel" });
  element.setPointerCapture = () => undefined;
  return { heights, element };
}

/** jsdom knows no pointers; the browser's events are these with more to them. */
const pointer = (element: HTMLElement, type: string, clientY: number) => fireEvent(element, new MouseEvent(`pointer${type}`, { bubbles: true, clientY }));

test("the panel grows as its edge is dragged up, and no further than there is room", () => {
  const { heights, element } = edge();

  pointer(element, "down", 500);
  for (const y of [450, 100, 900]) pointer(element, "move", y);
  pointer(element, "up", 900);
  pointer(element, "move", 450);

  expect(heights).toEqual([250, 400, LEAST]);
});

test("the arrows move the edge, and a double click gives the usual height", () => {
  const { heights, element } = edge();

  fireEvent.keyDown(element, { key: "ArrowUp" });
  fireEvent.keyDown(element, { key: "ArrowDown" });
  fireEvent.keyDown(element, { key: "Enter" });
  fireEvent.doubleClick(element);

  expect(heights).toEqual([224, 176, 0]);
});
