/** A flow is written here as Python writes it, to the letter. */

import { expect, inject, test } from "vitest";

import { flowText } from "../src/document/text";
import type { Flow } from "../src/types";

declare module "vitest" {
  export interface ProvidedContext {
    documents: string[];
  }
}

test("any flow that Python has written is the same text after it was opened here", () => {
  const texts = inject("documents");

  expect(texts.length).toBeGreaterThan(100);
  for (const text of texts) expect(flowText(JSON.parse(text) as Flow)).toBe(text);
});

test("rows of a setting keep their order, all other keys are sorted", () => {
  const flow: Flow = { name: "f", nodes: [{ kind: "tables.select", id: "a", settings: { keep: true, columns: { z: "1", a: "2" } }, position: [320, 0.5] }] };

  const text = flowText(flow);

  expect([...text.matchAll(/"(\w+)": /g)].map(([, name]) => name)).toEqual(["name", "nodes", "id", "kind", "position", "settings", "columns", "z", "a", "keep"]);
  expect(text).toContain("320.0,\n");
});
