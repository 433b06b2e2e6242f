import { afterEach, beforeEach, expect, test } from "vitest";

import { holdFocus } from "../src/view/focus";

let root: HTMLElement;
let stop: () => void;

const moment = (): Promise<void> => new Promise((done) => setTimeout(done, 40));
const button = (): HTMLButtonElement => root.appendChild(document.createElement("button"));

beforeEach(() => {
  root = document.body.appendChild(document.createElement("div"));
  root.tabIndex = -1;
  stop = holdFocus(root);
});

afterEach(() => {
  stop();
  document.body.replaceChildren();
});

test("the keyboard stays when what had it is taken away", async () => {
  const node = button();
  node.focus();

  node.remove();
  await moment();

  expect(document.activeElement).toBe(root);
});

test("the keyboard stays when the button that had it can be pressed no more", async () => {
  const undo = button();
  undo.focus();

  undo.disabled = true;
  await moment();

  expect(document.activeElement).toBe(root);
});

test("who went elsewhere is not called back", async () => {
  const [node, outside] = [button(), document.body.appendChild(document.createElement("input"))];
  node.focus();
  outside.focus();
  await moment();

  node.remove();
  await moment();

  expect(document.activeElement).toBe(outside);
});

test("who clicked beside the editor, on nothing, is not called back", async () => {
  const node = button();
  node.focus();
  node.blur();
  await moment();

  node.remove();
  await moment();

  expect(document.activeElement).toBe(document.body);
});
