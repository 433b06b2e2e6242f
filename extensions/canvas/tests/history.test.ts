// @vitest-environment node
import { expect, test } from "vitest";

import { History } from "../src/document/history";
import type { Flow } from "../src/types";

const flow = (description: string): Flow => ({ name: "f", description });

test("a change can be taken back and done again", () => {
  const history = new History(flow("a"));
  history.commit(flow("b"), "Describe");
  expect(history.undoable).toBe("Describe");
  history.undo();
  expect(history.flow.description).toBe("a");
  history.redo();
  expect(history.flow.description).toBe("b");
});

test("a burst of typing is one step, a pause begins another", () => {
  const history = new History(flow(""));
  history.commit(flow("b"), "Type", "description", 1000);
  history.commit(flow("be"), "Type", "description", 1100);
  history.commit(flow("bee"), "Type", "description", 5000);
  history.undo();
  expect(history.flow.description).toBe("be");
  history.undo();
  expect(history.flow.description).toBe("");
});

test("after an undo a new change begins a step of its own", () => {
  const history = new History(flow(""));
  history.commit(flow("b"), "Type", "description", 1000);
  history.undo();
  history.commit(flow("c"), "Type", "description", 1001);
  expect(history.redoable).toBe("");
  history.undo();
  expect(history.flow.description).toBe("");
});

test("another document from outside has no past", () => {
  const history = new History(flow("a"));
  history.commit(flow("b"), "Describe");
  history.replace(flow("c"));
  expect(history.undo()).toBe("");
});
