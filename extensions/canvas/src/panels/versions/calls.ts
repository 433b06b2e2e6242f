/** What the workbench is asked about versions. */

import type { Flow, Host } from "../../types";
import type { Comparison } from "./compare";
import type { Change, FlowDiff } from "./marks";

/** `workbench.facts.flow_version.FlowVersion`. */
export interface FlowVersion {
  version: number;
  parent: number;
  message: string;
  author: string;
  saved_unix_nano: number;
}

export interface SavedFlow {
  version: FlowVersion;
  is_new: boolean;
  changes: Change[];
  merged: boolean;
  kept: FlowVersion | null;
}

export interface FlowDraft {
  based_on: number;
  unsaved: Change[];
  newer: FlowVersion[];
}

/** A flow that was never saved has no versions, which the workbench says by an error. */
export const versionsOf = (host: Host, flow: string): Promise<FlowVersion[]> =>
  host.call<FlowVersion[]>("flow_versions", { flow }).catch((error: unknown) => {
    if (error instanceof Error && /no version/i.test(error.message)) return [];
    throw error;
  });

const shown = async (host: Host, flow: string, version: number | null): Promise<Flow> =>
  JSON.parse(await host.call<string>("flow_show", version === null ? { flow } : { flow, version })) as Flow;

/** `null` is the draft. */
export async function compare(host: Host, flow: string, before: number, after: number | null): Promise<Comparison> {
  const [diff, old, now] = await Promise.all([
    host.call<FlowDiff>("flow_diff", { flow, before: String(before), after: after === null ? "draft" : String(after) }),
    shown(host, flow, before),
    shown(host, flow, after),
  ]);
  return { diff, before: old, after: now };
}
