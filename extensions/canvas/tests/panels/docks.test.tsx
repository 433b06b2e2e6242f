/** The panels in the editor's store: what one does in them, and that axe finds nothing wrong. */

import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ComponentType } from "react";
import { afterEach, expect, test } from "vitest";

import { EditorContext } from "../../src/document/context";
import type { Outside } from "../../src/document/outside";
import { EditorStore } from "../../src/document/store";
import { refused } from "../../src/host/calls";
import { InspectorDock } from "../../src/panels/inspector/dock";
import { setSettings } from "../../src/document/nodes";
import { PreviewDock } from "../../src/panels/preview/dock";
import { runFromHere } from "../../src/panels/preview/pins";
import { ProblemsDock } from "../../src/panels/problems/dock";
import { RunDock } from "../../src/panels/run/dock";
import { TemplatesDock } from "../../src/panels/templates/dock";
import { VersionsDock } from "../../src/panels/versions/dock";
import type { Flow } from "../../src/types";
import { CATALOG, faultsOf, finding, hostWith, LOGS } from "./given";

afterEach(cleanup);

const FLOW: Flow = {
  name: "shop",
  nodes: [
    { id: "read", kind: "sources.kafka", settings: { servers: "127.0.0.1:9092", topic: "logs" } },
    { id: "group", kind: "tables.group", settings: { by: ["servic"] } },
    { id: "group_2", kind: "tables.group", settings: { by: ["level"] } },
  ],
  edges: [
    { source: "read", target: "group" },
    { source: "read", target: "group_2" },
  ],
};
const WRONG = finding("group", "by.0", "unknown_column", "there is no column 'servic'.", { hint: "Did you mean 'service'?" });
const ROWS = { node: "group", columns: [{ name: "service", type: "text", nullable: false }], rows: [{ service: "cart" }, { service: "pay" }], total: 2, errors: [] };
const QUIET = { secrets: [], expression_help: { columns: [], functions: [], operators: [], type: "", faults: [] }, flow_paths: { folder: "", paths: [] } };

function open(Dock: ComponentType, outside: Partial<Outside> = {}, selected: string[] = ["group"], flow = FLOW) {
  const store = new EditorStore(flow, { catalog: CATALOG, schemas: { group: LOGS, group_2: LOGS }, host: hostWith(QUIET), ...outside });
  store.select(selected);
  const commands: unknown[] = [];
  store.command = (name, args) => commands.push([name, args]);
  const view = render(
    <EditorContext value={store}>
      <main className="cw-root">
        <Dock />
      </main>
    </EditorContext>,
  );
  return { store, commands, ...view };
}

const settings = (store: EditorStore, id: string) => store.flow.nodes?.find((node) => node.id === id)?.settings;

test("the inspector renames a node, and its wires follow", async () => {
  const user = userEvent.setup();
  const { store, container } = open(InspectorDock, { findings: [WRONG] });

  const name = screen.getByRole("textbox", { name: "Name of the node" });
  await user.clear(name);
  await user.type(name, "read");
  expect(screen.getByRole("alert").textContent).toBe("There is a node read already.");
  await user.clear(name);
  await user.type(name, "per_service{Enter}");

  expect(store.flow.edges?.[0]).toEqual({ source: "read", target: "per_service" });
  expect(store.selectedNodes).toEqual(["per_service"]);
  expect(await faultsOf(container)).toEqual([]);
});

test("typing in a field is one step of the history", async () => {
  const user = userEvent.setup();
  const { store } = open(InspectorDock, {}, ["read"]);

  await user.type(screen.getByRole("textbox", { name: "Topic" }), "-eu");
  expect(settings(store, "read")).toMatchObject({ topic: "logs-eu" });
  act(() => store.undo());

  expect(settings(store, "read")).toMatchObject({ topic: "logs" });
});

test("several nodes of one kind are set together, and it is said where they differ", async () => {
  const user = userEvent.setup();
  const { store, container } = open(InspectorDock, {}, ["group", "group_2"]);

  expect(screen.getByText(/have different values/)).toBeTruthy();
  await user.type(screen.getByRole("combobox", { name: "Add to By" }), "ms{Enter}");

  expect([settings(store, "group"), settings(store, "group_2")]).toEqual([{ by: ["ms"] }, { by: ["ms"] }]);
  expect(await faultsOf(container)).toEqual([]);
});

test("a connection is tried with the settings as they stand, and its answer is shown", async () => {
  const user = userEvent.setup();
  const host = hostWith({ ...QUIET, flow_test_connection: { connections: [{ node: "read", ok: false, message: "127.0.0.1:9092 refused the connection" }] } });
  open(InspectorDock, { host }, ["read"]);

  await user.click(screen.getByRole("button", { name: "Test connection" }));

  expect((await screen.findByText(/refused the connection/)).className).toBe("is-bad");
  expect(host.calls.find((call) => call.tool === "flow_test_connection")?.args).toEqual({ flow: "shop", document: JSON.stringify(FLOW), node: "read" });
});

test("problems lead to their node and mend themselves, as one step", async () => {
  const user = userEvent.setup();
  const { store, container } = open(ProblemsDock, { findings: [finding("read", "", "slow", "is slow.", { severity: "warning" }), WRONG] }, []);

  expect(screen.getAllByRole("heading").map((one) => one.textContent)).toEqual(["Errors 1", "Warnings 1"]);
  expect(await faultsOf(container)).toEqual([]);
  await user.click(screen.getByRole("button", { name: /There is no column/ }));
  expect(store.selectedNodes).toEqual(["group"]);
  await user.click(screen.getByRole("button", { name: "Use service: group · by.0" }));

  expect(settings(store, "group")).toEqual({ by: ["service"] });
  expect(store.history.undoable).toBe("Use service: group");
});

test("rows of the selected node: asked with the document, searched, pinned for the next look", async () => {
  const user = userEvent.setup();
  const host = hostWith({ ...QUIET, flow_preview: ROWS });
  const { store, container } = open(PreviewDock, { host });

  await screen.findByText("cart");
  expect(await faultsOf(container)).toEqual([]);
  expect(host.calls[0]?.args).toEqual({ flow: "shop", document: JSON.stringify(FLOW), node: "group", rows: 200 });
  await user.type(screen.getByRole("searchbox"), "PAY");
  expect(screen.getByRole("status").textContent).toBe("1 of 2 rows");
  await user.click(screen.getByRole("button", { name: "Pin" }));
  await user.click(screen.getByRole("button", { name: "Again" }));

  expect(host.calls.at(-1)?.args.pinned).toBe(JSON.stringify({ group: { columns: ROWS.columns, rows: [{ service: "pay" }] } }));
  expect(JSON.stringify(store.flow)).not.toContain("pay");
});

test("rows of a flow that was changed since say so, until they are asked for again", async () => {
  const user = userEvent.setup();
  const { store } = open(PreviewDock, { host: hostWith({ ...QUIET, flow_preview: ROWS }) });
  await screen.findByText("cart");
  expect(screen.queryByText("of the flow as it was before")).toBeNull();

  act(() => store.edit("Set by", (graph) => setSettings(graph, "group", { by: ["level"] })));
  expect(screen.getByText("of the flow as it was before")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Again" }));
  await screen.findByText("cart");

  expect(screen.queryByText("of the flow as it was before")).toBeNull();
});

test("previews run from a node whose rows are pinned: nodes behind it say so, and a second time lets go", async () => {
  const host = hostWith({ ...QUIET, flow_preview: ROWS });
  const { store } = open(PreviewDock, { host });

  await act(() => runFromHere(store, "read"));
  expect(store.told.text).toBe("Previews run from here: 2 rows of read pinned.");
  expect(screen.getByText("runs from the rows pinned at read")).toBeTruthy();
  await act(() => runFromHere(store, "read"));

  expect([store.outside.pinned, screen.queryByText("runs from the rows pinned at read")]).toEqual([{}, null]);
});

test("a node that gives no rows cannot be run from, and says so", async () => {
  const { store } = open(PreviewDock, { host: hostWith({ ...QUIET, flow_preview: { ...ROWS, rows: [] } }) });

  await act(() => runFromHere(store, "read"));

  expect([store.told.tone, store.told.text]).toEqual(["refused", "No rows came to read, so there is nothing to run from."]);
});

test("a run that does not watch a node says how it is watched", async () => {
  const user = userEvent.setup();
  const host = hostWith({ ...QUIET, flow_preview: ROWS, flow_tap: refused("no tap at node 'group'", "not-watched") });
  open(PreviewDock, { host, overlay: { run: { id: "R", state: "running" }, nodes: {} } });

  await user.click(await screen.findByRole("button", { name: "Live" }));

  expect((await screen.findByRole("alert")).textContent).toBe('This run does not watch group. Stop it, select group and press "Run and watch group" under Run.');
});

test("a preview that fails says why, one that is cancelled goes unheard", async () => {
  const user = userEvent.setup();
  let answer: (rows: unknown) => void = () => undefined;
  const host = hostWith({ ...QUIET, flow_preview: () => new Promise((done) => (answer = done)) });
  open(PreviewDock, { host });

  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await act(async () => answer(ROWS));
  expect(screen.queryByText("cart")).toBeNull();
  cleanup();
  open(PreviewDock, { host: hostWith({ flow_preview: new Error("group: there is no column 'servic'.") }) });

  expect((await screen.findByRole("alert")).textContent).toBe("group: there is no column 'servic'.");
});

test("of many rows only those in sight are drawn", async () => {
  const rows = Array.from({ length: 1000 }, (_, index) => ({ service: `s${index}` }));
  open(PreviewDock, { host: hostWith({ flow_preview: { ...ROWS, rows, total: 1000 } }) });

  await screen.findByText("s0");
  const drawn = document.querySelectorAll("tbody tr").length;
  const box = screen.getByRole("group", { name: "Rows" });
  Object.defineProperty(box, "scrollTop", { value: 24 * 900 });
  fireEvent.scroll(box);

  expect(drawn).toBeLessThan(60);
  expect(screen.getByText("s900")).toBeTruthy();
  expect(screen.queryByText("s0")).toBeNull();
});

test("while a run goes on its sampled rows can be looked at", async () => {
  const user = userEvent.setup();
  const host = hostWith({ ...QUIET, flow_preview: ROWS, flow_tap: { run_id: "R", node: "group", rows: [{ service: "cart", diff: 1 }, { service: "live", diff: 1 }], seen: 40, share: 0.01 } });
  open(PreviewDock, { host, overlay: { run: { id: "R", state: "running" }, nodes: {} } });

  await user.click(await screen.findByRole("button", { name: "Live" }));

  expect(await screen.findByText("live")).toBeTruthy();
  expect(screen.getByRole("status").textContent).toBe("2 of 40 sampled rows");
});

test.each([
  [{ state: "stopped" as const, reason: "stopped" }, "R: stopped"],
  [{ state: "failed" as const, reason: "failed: no such file" }, "R: failed, no such file"],
  [{ state: "succeeded" as const, reason: "done", part: "up to group" }, "R, up to group: succeeded, done"],
])("how a run ended is said once: %o", (run, said) => {
  open(RunDock, { overlay: { run: { id: "R", ...run }, nodes: {} } });
  expect(screen.getByRole("status").textContent).toBe(said);
});

test("the run is begun and stopped by commands to the host; errors keep it from being begun", async () => {
  const user = userEvent.setup();
  const { store, commands, container } = open(RunDock, { overlay: { run: { id: "R", state: "running" }, nodes: { read: { state: "running", rows_out: 1234, rows_per_s: 2.5, history: [1, 2] } } } });

  await user.click(screen.getByRole("button", { name: "Stop" }));
  await user.click(screen.getByRole("button", { name: "Stop now" }));
  expect(within(screen.getByRole("row", { name: /read/ })).getByText("1,234")).toBeTruthy();
  expect(await faultsOf(container)).toEqual([]);
  act(() => store.set({ overlay: {} }));
  await user.click(screen.getByRole("button", { name: "Run" }));
  await waitFor(() => expect(commands.length).toBe(3));
  act(() => store.set({ findings: [WRONG] }));

  expect(commands).toEqual([["stop", { run_id: "R" }], ["stop", { run_id: "R", now: true }], ["run", {}]]);
  expect((screen.getByRole("button", { name: "Run" }) as HTMLButtonElement).disabled).toBe(true);
});

const VERSION = { version: 2, parent: 1, message: "by service", author: "ada", saved_unix_nano: 1.7e18 };
const VERSIONS = [VERSION, { ...VERSION, version: 1, parent: 0, message: "first" }];

test("versions: saved with a message, restored after a question", async () => {
  const user = userEvent.setup();
  const old: Flow = { ...FLOW, nodes: FLOW.nodes?.slice(0, 1), edges: [] };
  const host = hostWith({
    flow_versions: VERSIONS,
    flow_draft: { based_on: 2, unsaved: [{}], newer: [] },
    flow_save: { version: { ...VERSION, version: 3 }, is_new: true, changes: [], merged: false, kept: null },
    flow_restore: { version: { ...VERSION, version: 4 }, is_new: true, changes: [], merged: false, kept: { ...VERSION, version: 3 } },
    flow_show: JSON.stringify(old),
  });
  const { store, container } = open(VersionsDock, { host });

  await user.type(await screen.findByRole("textbox", { name: "What was changed and why" }), "per service{Enter}");
  expect(await screen.findByText("Saved version 3.")).toBeTruthy();
  expect(host.calls.find((call) => call.tool === "flow_save")?.args).toEqual({ flow: "shop", message: "per service", document: JSON.stringify(FLOW) });
  expect(await faultsOf(container)).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Restore version 1" }));
  await user.click(screen.getByRole("button", { name: "Restore 1" }));

  expect(await screen.findByText("Version 1 is back as version 4. Your unsaved changes are kept as version 3.")).toBeTruthy();
  expect(store.flow.nodes).toHaveLength(1);
  expect(store.history.undoable).toBe("Restore version 1");
});

test("two versions are compared on a canvas of their own, with a list of what changed", async () => {
  const user = userEvent.setup();
  const change = { what: "setting", node: "group", path: ["by"], before: ["a"], after: ["servic"], was_set: true, is_set: true };
  const host = hostWith({ flow_versions: VERSIONS, flow_draft: { based_on: 2, unsaved: [], newer: [] }, flow_diff: { before: "shop version 1", after: "shop draft", changes: [change], layout_only: false }, flow_show: JSON.stringify(FLOW) });
  open(VersionsDock, { host });

  await user.click(await screen.findByRole("button", { name: "Compare with now: version 1" }));
  const window = await screen.findByRole("dialog", { name: "shop version 1 compared with shop draft" });

  expect(within(within(window).getByRole("list", { name: "Changes" })).getByText("group.by").parentElement?.textContent).toBe('group.by["a"]["servic"]');
  expect(host.calls.find((call) => call.tool === "flow_diff")?.args).toEqual({ flow: "shop", before: "1", after: "draft" });
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a flow that was never saved has no versions, which is no fault", async () => {
  open(VersionsDock, { host: hostWith({ flow_versions: new Error("no version of flow 'shop'"), flow_draft: new Error("no flow 'shop'") }) });

  expect(await screen.findByText(/No version was saved yet/)).toBeTruthy();
});

test("templates: a picture each; one takes the place of the flow and can be taken back", async () => {
  const user = userEvent.setup();
  const sample: Flow = { name: "otel", nodes: [{ id: "in", kind: "sources.otlp_receiver" }], edges: [] };
  const host = hostWith({ flow_list: [{ name: "otel", description: "Telemetry", sample: true }, { name: "mine", description: "", sample: false }], flow_show: JSON.stringify(sample) });
  const { store, container } = open(TemplatesDock, { host });

  await user.click(await screen.findByRole("button", { name: /(with|it:) otel$/ }));
  expect(store.flow).toEqual({ ...sample, name: "shop" });
  expect(screen.queryByRole("button", { name: /(with|it:) mine$/ })).toBeNull();
  expect(container.querySelectorAll(".cw-picture rect")).toHaveLength(1);
  expect(await faultsOf(container)).toEqual([]);
  act(() => store.undo());

  expect(store.flow).toEqual(FLOW);
});

test("a file that is no flow is refused with a reason", async () => {
  const user = userEvent.setup();
  const { store } = open(TemplatesDock, { host: hostWith({ flow_list: [] }) });

  await user.upload(screen.getByLabelText("Flow as JSON"), new File(["[1]"], "a.json", { type: "application/json" }));

  expect(await screen.findByText(/not a flow/)).toBeTruthy();
  expect(store.flow).toEqual(FLOW);
});

test("that there is nothing to mend is only said after a look at the flow", () => {
  const { store } = open(ProblemsDock, {}, []);
  const said = (change: Partial<Outside>): string => {
    act(() => store.set(change));
    return screen.getByRole(change.unchecked ? "alert" : "status").textContent ?? "";
  };

  expect(said({ check: "none" })).toMatch(/^Not checked/);
  expect(said({ check: "first" })).toBe("Checking the flow …");
  expect(said({ check: "done" })).toBe("Nothing to mend.");
  expect(said({ unchecked: "The workspace is closed." })).toBe("The check gave no answer: The workspace is closed.");
});
