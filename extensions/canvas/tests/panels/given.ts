/** What tests of panels begin with: the catalogue of Python, a host that answers from a table, small flows. */

import axe from "axe-core";
import { inject } from "vitest";

import type { Finding, Host, NodeColumns, NodeType } from "../../src/types";

declare module "vitest" {
  export interface ProvidedContext {
    catalog: NodeType[];
  }
}

export const CATALOG: NodeType[] = inject("catalog");

export const typeOf = (kind: string): NodeType => {
  const found = CATALOG.find((one) => one.kind === kind);
  if (!found) throw new Error(`no node type ${kind}`);
  return found;
};

export interface Call {
  tool: string;
  args: Record<string, unknown>;
}

/** A host that gives what a table has for a tool; a function is called with the arguments. */
export function hostWith(answers: Record<string, unknown>): Host & { calls: Call[] } {
  const calls: Call[] = [];
  const call = (tool: string, args: Record<string, unknown> = {}): Promise<never> => {
    calls.push({ tool, args });
    const answer = answers[tool];
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve((typeof answer === "function" ? (answer as (args: object) => unknown)(args) : answer) as never);
  };
  return { live: true, call, calls };
}

export const finding = (node: string, field: string, code: string, message: string, rest: Partial<Finding> = {}): Finding => ({
  node,
  field,
  code,
  message,
  severity: "error",
  ...rest,
});

export const LOGS: NodeColumns = {
  inputs: {
    rows: [
      [
        { name: "service", type: "text", nullable: false },
        { name: "level", type: "text", nullable: false },
        { name: "ms", type: "number", nullable: true },
      ],
    ],
  },
  output: null,
  assumed: false,
};

/** What axe finds wrong with an element, one line each. Colours and glyphs cannot be seen without a browser. */
export async function faultsOf(element: Element): Promise<string[]> {
  const found = await axe.run(element, { rules: { "color-contrast": { enabled: false }, "label-content-name-mismatch": { enabled: false }, region: { enabled: false } } });
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`));
}
