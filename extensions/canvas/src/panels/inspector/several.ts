/** Several nodes of one kind as one: what they have in common, and where they differ. */

import type { FlowNode, Json, Settings } from "../../types";
import { same } from "../schema/shape";

export interface Common {
  settings: Settings;
  mixed: Set<string>;
}

export function commonOf(nodes: readonly FlowNode[]): Common {
  const names = new Set(nodes.flatMap((node) => Object.keys(node.settings ?? {})));
  const settings: Settings = {};
  const mixed = new Set<string>();
  const first = nodes[0]?.settings ?? {};
  for (const name of names) {
    const value: Json | undefined = first[name];
    if (!nodes.every((node) => same(node.settings?.[name], value))) mixed.add(name);
    else if (value !== undefined) settings[name] = value;
  }
  return { settings, mixed };
}
