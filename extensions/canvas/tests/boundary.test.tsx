import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { EditorStore } from "../src/document/store";
import { Boundary } from "../src/view/boundary";
import { recall } from "../src/view/memory";
import { LINE } from "./small";

test("an error shows the flow to copy and keeps it, and does not leave a blank page", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const Broken = (): never => {
    throw new Error("out of order");
  };
  render(
    <Boundary store={new EditorStore(LINE)} draftKey="line">
      <Broken />
    </Boundary>,
  );
  expect(screen.getByRole("alert").textContent).toContain("out of order");
  expect(JSON.parse((screen.getByRole("textbox") as HTMLTextAreaElement).value)).toEqual(LINE);
  expect(recall<{ flow: unknown } | null>("draft.line", null)?.flow).toEqual(LINE);
});
