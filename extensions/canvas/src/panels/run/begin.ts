/** Begins and stops runs of the flow, or of a part of it; the host carries them out. */

import { edgesOf, nodesOf } from "../../document/nodes";
import type { Pinned } from "../../document/outside";
import type { EditorStore } from "../../document/store";
import { reaches } from "../../document/wires";
import { asked } from "../preview/fetch";
import { outputOf } from "../problems/parts";
import { isActive } from "./overlay";

export type Stretch = "all" | "up to" | "from";

const outer = (full: string): string => full.split("/")[0] ?? "";

/** Why a run cannot be begun now; empty when it can. */
export function whyNot(store: EditorStore, stretch: Stretch = "all", id = ""): string {
  const { host, overlay, findings } = store.outside;
  if (!host.live) return "There is no workbench behind this page.";
  if (overlay.run && isActive(overlay.run.state)) return "A run goes on; stop it first.";
  const at = outer(store.fullId(id));
  if (stretch === "from" && !edgesOf(store.flow).some((edge) => edge.source === at)) return `No node reads from ${at}.`;
  const within = (node: string): boolean => stretch === "all" || (stretch === "up to" ? reaches(store.flow, node, at) : node !== at && reaches(store.flow, at, node));
  const wrong = findings.filter((one) => one.severity === "error" && within(outer(one.node)));
  return wrong.length === 0 ? "" : `Mend the errors first${stretch === "all" ? "" : `: ${[...new Set(wrong.map((one) => one.node))].join(", ")}`}.`;
}

/** The sinks that a run from a node on writes to. */
export function writtenFrom(store: EditorStore, full: string): string[] {
  const at = outer(full);
  const writes = (kind: string): boolean => store.kinds.get(kind)?.output === false;
  return nodesOf(store.flow).flatMap((node) => (node.id !== at && writes(node.kind) && reaches(store.flow, at, node.id) ? [node.id] : []));
}

/** Run the flow, with some rows of some nodes to look at. */
export const runFlow = (store: EditorStore, tap: string[] = []): void => begin(store, whyNot(store), tap.length > 0 ? { tap } : {});

/** Run a node and all that it reads from, and keep some of its rows to look at. */
export function runUpTo(store: EditorStore, id: string): void {
  const node = outputOf(store.flow, store.fullId(id));
  begin(store, whyNot(store, "up to", id), { up_to: node, tap: [node] });
}

/** Run what reads from a node, on the rows pinned there or else its first ones; asked first when something is written. */
export function runFrom(store: EditorStore, id: string): void {
  const node = outputOf(store.flow, store.fullId(id));
  const why = whyNot(store, "from", id);
  const sinks = writtenFrom(store, node);
  const go = (): void => begin(store, why, { from_: node, ...pinnedRows(store, node) });
  if (why || sinks.length === 0) return go();
  store.notify("run-from", `This run writes to ${sinks.join(" and ")}, with ${rowsFrom(store.outside.pinned[node], node)} only.`, [
    { label: "Run", run: go },
    { label: "Do not run", run: () => undefined },
  ]);
}

export function stopRun(store: EditorStore): void {
  const { run } = store.outside.overlay;
  if (run && isActive(run.state)) store.command("stop", { run_id: run.id });
  else store.say("No run goes on.", "refused");
}

function begin(store: EditorStore, why: string, args: Record<string, unknown>): void {
  if (why) return store.say(why, "refused");
  if (args.from_ !== undefined && args.pinned === undefined) store.say(`Reading the first rows of ${String(args.from_)} …`);
  // The run is of what is kept, so the last keys have to be.
  void store.written().then(() => store.command("run", args));
}

function pinnedRows(store: EditorStore, node: string): Record<string, unknown> {
  const { pinned } = asked(store.flow, node, store.outside.pinned);
  return pinned === undefined ? {} : { pinned };
}

function rowsFrom(pinned: Pinned | undefined, node: string): string {
  if (!pinned) return `the first thousand rows of ${node}`;
  return pinned.rows.length === 1 ? `the row pinned at ${node}` : `the ${pinned.rows.length} rows pinned at ${node}`;
}

/** Whether a node takes part in a run of a part of the flow; all do in a run of all of it, and before figures came. */
export function takesPart(store: EditorStore, id: string): boolean {
  const { run, nodes } = store.outside.overlay;
  if (!run?.part || !isActive(run.state) || !nodes || Object.keys(nodes).length === 0) return true;
  const full = store.fullId(id);
  return Object.keys(nodes).some((name) => name === full || name.startsWith(`${full}/`));
}
