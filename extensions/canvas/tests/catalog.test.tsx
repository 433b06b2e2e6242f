import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { EditorContext } from "../src/document/context";
import { EditorStore } from "../src/document/store";
import { askForTypes } from "../src/host/catalog";
import type { Host } from "../src/types";
import { Waiting } from "../src/view/waiting";
import { CATALOG, LINE } from "./small";

test("the palette says that its types are on their way, that they did not come, and asks again", async () => {
  const answers: { come: (value: never) => void; fail: (why: Error) => void }[] = [];
  const call: Host["call"] = () => new Promise((come, fail) => answers.push({ come: come as never, fail }));
  const store = new EditorStore(LINE, { host: { live: true, call } });
  render(
    <EditorContext value={store}>
      <Waiting />
    </EditorContext>,
  );
  expect(document.body.textContent).toBe("");

  await act(async () => void askForTypes(store));
  expect(screen.getByRole("status").textContent).toBe("Loading the node types …");

  await act(async () => answers[0]?.fail(new Error("nobody answers")));
  expect(screen.getByRole("alert").textContent).toContain("could not be loaded");
  expect(store.told.text).toBe("nobody answers");

  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await act(async () => answers[1]?.come(CATALOG as never));
  expect(document.body.textContent).toBe("");
  expect(store.kinds.has("tables.join")).toBe(true);
});
