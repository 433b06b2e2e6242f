import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { moveTo, setSettings } from "../src/document/nodes";
import { EditorStore } from "../src/document/store";
import { meaning, startChecks } from "../src/host/checks";
import { keepInBrowser, saveDrafts } from "../src/host/drafts";
import type { Host } from "../src/types";
import { recall } from "../src/view/memory";
import { CATALOG, LINE } from "./small";

type Answers = Record<string, (args: Record<string, unknown>) => unknown>;

class Fake implements Host {
  readonly live = true;
  asked: [string, Record<string, unknown>][] = [];
  constructor(private readonly answers: Answers) {}

  call<T>(tool: string, args: Record<string, unknown> = {}): Promise<T> {
    this.asked.push([tool, args]);
    try {
      return Promise.resolve(this.answers[tool]?.(args) as T);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  count = (tool: string): number => this.asked.filter(([name]) => name === tool).length;
}

const type = (store: EditorStore, text: string): void => store.edit("Type", (graph) => setSettings(graph, "filter", { where: text }), "where");
const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000);
const open = (answers: Answers): { store: EditorStore; host: Fake } => {
  const host = new Fake(answers);
  return { store: new EditorStore(LINE, { catalog: CATALOG, host }), host };
};

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => vi.useRealTimers());

const CHECKS: Answers = {
  flow_check: ({ document }) => ({ findings: String(document).includes("bad") ? [{ node: "filter", code: "x", message: "Bad.", severity: "error" }] : [] }),
  flow_schemas: () => ({ nodes: {} }),
};

test("a burst of typing is checked once, with what is on the canvas and not what is saved", async () => {
  const { store, host } = open(CHECKS);
  expect(store.outside.check).toBe("none");
  const checks = startChecks(store);
  expect(store.outside.check).toBe("first");
  await soon();
  expect(store.outside.check).toBe("done");
  for (const text of ["b", "ba", "bad"]) type(store, text);
  await soon();
  expect(host.count("flow_check")).toBe(2);
  expect(store.outside.findings.map((finding) => finding.message)).toEqual(["Bad."]);
  checks.stop();
});

test("moving a node is not checked", async () => {
  const { store, host } = open(CHECKS);
  const checks = startChecks(store);
  await soon();
  store.edit("Move", (graph) => moveTo(graph, new Map([["file", [50, 50]]])));
  await soon();
  expect(host.count("flow_check")).toBe(1);
  checks.stop();
});

test("a check that fails says why and is not asked again until something changes", async () => {
  const { store, host } = open({
    flow_check: () => {
      throw new Error("The workspace is closed.");
    },
  });
  const checks = startChecks(store);
  await soon();
  await soon();
  expect([store.outside.unchecked, host.count("flow_check")]).toEqual(["The workspace is closed.", 1]);
  checks.stop();
});

test("what a part does is a part of the meaning, where it stands is not", () => {
  const flow = { ...LINE, parts: { p: { nodes: [{ id: "a", kind: "k" }] } } };
  expect(meaning(flow)).not.toBe(meaning({ ...LINE, parts: { p: { nodes: [{ id: "a", kind: "l" }] } } }));
  expect(meaning(flow)).toBe(meaning({ ...LINE, parts: { p: { nodes: [{ id: "a", kind: "k", position: [1, 2] as [number, number] }] } } }));
});

test("changes become the draft over the one that was read, and are then kept in the browser no more", async () => {
  const { store, host } = open({ flow_draft: () => ({ document_id: "one" }), flow_write: () => ({ document_id: "two" }) });
  keepInBrowser(store, "line");
  saveDrafts(store, "line", "line");
  type(store, "a");
  expect(recall("draft.line", null)).not.toBeNull();
  await soon();
  type(store, "b");
  await soon();
  expect(host.asked.filter(([tool]) => tool === "flow_write").map(([, args]) => args.over)).toEqual(["one", "two"]);
  expect([store.outside.saving, recall("draft.line", null)]).toEqual(["saved", null]);
});

test("another's change is told and nothing is written over it until the user says so", async () => {
  let now = "one";
  const { store, host } = open({
    flow_draft: () => ({ document_id: now }),
    flow_write: ({ over }) => {
      if (over !== now) throw new Error("the draft was changed since you read it");
      return { document_id: "mine" };
    },
  });
  saveDrafts(store, "line", "line");
  await soon();
  now = "theirs";
  type(store, "mine");
  await soon();
  type(store, "mine too");
  await soon();
  expect([host.count("flow_write"), store.outside.saving]).toEqual([1, "not saved"]);
  expect(store.notices[0]?.text).toBe("Someone else changed line meanwhile. Your changes are kept here.");
  store.notices[0]?.actions.find((action) => action.label === "Write mine over it")?.run();
  await soon();
  expect([host.count("flow_write"), store.outside.saving]).toEqual([2, "saved"]);
});

test("the other's version can be taken, and that taken back", async () => {
  let now = "one";
  const other = { ...LINE, description: "theirs" };
  const { store } = open({
    flow_draft: () => ({ document_id: now }),
    flow_show: () => JSON.stringify(other),
    flow_write: () => {
      throw new Error("changed");
    },
  });
  saveDrafts(store, "line", "line");
  await soon();
  now = "theirs";
  type(store, "mine");
  await soon();
  store.notices[0]?.actions.find((action) => action.label === "Take theirs")?.run();
  await soon();
  expect(store.flow).toEqual(other);
  store.undo();
  expect(store.flow.nodes?.[1]?.settings).toEqual({ where: "mine" });
});

test("what was left in the browser is offered when the flow is opened again", () => {
  const first = new EditorStore(LINE);
  keepInBrowser(first, "line");
  type(first, "lost");
  const second = new EditorStore(LINE);
  keepInBrowser(second, "line");
  second.notices[0]?.actions[0]?.run();
  expect(second.flow.nodes?.[1]?.settings).toEqual({ where: "lost" });
});
