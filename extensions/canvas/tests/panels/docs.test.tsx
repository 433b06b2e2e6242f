/** What a node type is for can be read of every type, with all that its example says. */

import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { Docs } from "../../src/panels/inspector/docs";
import type { NodeType } from "../../src/types";
import { CATALOG } from "./given";

afterEach(cleanup);

test.each(CATALOG.map((type) => [type.kind, type] as const))("%s", (_kind, type) => {
  const { container } = render(<Docs type={type} />);
  expect(container.textContent).toContain(type.kind);
  const { example } = type;
  if (!example) return;
  for (const texts of [example.files, example.sent, example.leaves]) {
    for (const [path, text] of Object.entries(texts)) {
      expect(container.textContent).toContain(path);
      expect(container.textContent).toContain(text.trimEnd());
    }
  }
  expect(screen.queryAllByText("Out")).toHaveLength(example.output ? 1 : 0);
});

test("what a sink leaves is shown, and no rows that come out of it", () => {
  const type = CATALOG.find((one) => one.kind === "sinks.csv_file") as NodeType;
  render(<Docs type={type} />);
  expect(type.example?.output).toBeNull();
  expect(screen.getByText(/^It leaves/).textContent).toBe(`It leaves ${Object.keys(type.example?.leaves ?? {})[0]}:`);
});
