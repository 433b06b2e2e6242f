/** Runs of a part of the flow: what the host is asked for, what is refused, and what is asked first. */

import { expect, test } from "vitest";

import type { Outside } from "../../src/document/outside";
import { EditorStore } from "../../src/document/store";
import { runFlow, runFrom, runUpTo, stopRun, takesPart, whyNot } from "../../src/panels/run/begin";
import { COMMANDS } from "../../src/view/commands";
import type { Flow } from "../../src/types";
import { CATALOG } from "../small";
import { finding, hostWith } from "./given";

/** file -> filter -> table, and a second sink beside the filter. */
const FLOW: Flow = {
  name: "line",
  nodes: [
    { id: "file", kind: "sources.file" },
    { id: "filter", kind: "tables.filter" },
    { id: "table", kind: "sinks.table" },
    { id: "beside", kind: "sinks.table" },
  ],
  edges: [
    { source: "file", target: "filter" },
    { source: "filter", target: "table" },
    { source: "file", target: "beside" },
  ],
};
const PINNED = { filter: { columns: [], rows: [{ n: 1 }] } };

function editing(outside: Partial<Outside> = {}) {
  const store = new EditorStore(FLOW, { catalog: CATALOG, host: hostWith({}), ...outside });
  const commands: unknown[] = [];
  store.command = (name, args) => commands.push([name, args]);
  return { store, commands };
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("a run waits until the last change is kept", async () => {
  const { store, commands } = editing();
  let keep = (): void => undefined;
  store.written = () => new Promise<void>((resolve) => (keep = resolve));

  runFlow(store);
  await later();
  expect(commands).toEqual([]);
  keep();
  await later();

  expect(commands).toEqual([["run", {}]]);
});

test("up to a node: its rows are sampled", async () => {
  const { store, commands } = editing();

  runUpTo(store, "filter");
  await later();

  expect(commands).toEqual([["run", { up_to: "filter", tap: ["filter"] }]]);
});

test("from a node: what is written is said first, and pinned rows go along", async () => {
  const { store, commands } = editing({ pinned: PINNED });

  runFrom(store, "filter");
  await later();
  expect(commands).toEqual([]);
  expect(store.notices[0]?.text).toBe("This run writes to table, with the row pinned at filter only.");
  store.notices[0]?.actions[0]?.run();
  await later();

  expect(commands).toEqual([["run", { from_: "filter", pinned: JSON.stringify(PINNED) }]]);
});

test("an error outside of the part does not keep it from running", () => {
  const { store } = editing({ findings: [finding("beside", "", "bad", "wrong")] });

  expect([whyNot(store), whyNot(store, "up to", "filter"), whyNot(store, "from", "file")]).toEqual(["Mend the errors first.", "", "Mend the errors first: beside."]);
});

test("what cannot be run says why, and nothing is begun", async () => {
  const { store, commands } = editing({ overlay: { run: { id: "R", state: "running" } } });

  runUpTo(store, "filter");
  await later();
  expect(store.told.text).toBe("A run goes on; stop it first.");
  stopRun(store);
  expect(commands).toEqual([["stop", { run_id: "R" }]]);
  store.set({ overlay: {} });
  runFrom(store, "table");

  expect([store.told.text, store.told.tone, commands.length]).toEqual(["No node reads from table.", "refused", 1]);
});

test("nodes that are not in the part that runs are known, while it runs", () => {
  const nodes = { file: {}, filter: {} };
  const { store } = editing({ overlay: { run: { id: "R", state: "running", part: "up to filter" }, nodes } });

  expect(["file", "filter", "table"].map((id) => takesPart(store, id))).toEqual([true, true, false]);
  store.set({ overlay: { run: { id: "R", state: "succeeded", part: "up to filter" }, nodes } });
  expect(takesPart(store, "table")).toBe(true);
});

test("each of them has a key and stands in the list of keys", () => {
  expect(COMMANDS.filter((one) => one.area === "Run").map((one) => [one.title, one.keys, one.menu ?? false])).toEqual([
    ["Run the flow", "Ctrl+Enter", false],
    ["Run up to here", "Alt+Enter", true],
    ["Run from here", "Alt+Shift+Enter", true],
    ["Stop the run", "Ctrl+.", false],
  ]);
});
