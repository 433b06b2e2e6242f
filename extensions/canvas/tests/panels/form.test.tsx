/** Fields: what is typed becomes a setting, what is wrong is said at the field, secrets never get into settings. */

import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, expect, test } from "vitest";

import { Form } from "../../src/panels/inspector/form";
import type { Finding, Host, NodeColumns, Settings } from "../../src/types";
import { finding, hostWith, LOGS, typeOf } from "./given";

afterEach(cleanup);

const QUIET = { secrets: [{ name: "kafka_shop_password" }], expression_help: { columns: [], functions: [], operators: [], type: "", faults: [] }, flow_paths: { folder: "", paths: [] } };

interface Given {
  settings?: Settings;
  findings?: Finding[];
  columns?: NodeColumns;
  host?: Host;
}

/** A form that keeps what is set; gives the settings as they are now. */
function edit(kind: string, { settings = {}, findings = [], columns = LOGS, host = hostWith(QUIET) }: Given = {}): { now: () => Settings } {
  let now = settings;
  function Kept() {
    const [kept, setKept] = useState(settings);
    const change = (name: string, value: Settings[string] | undefined): void => {
      const { [name]: _old, ...rest } = now;
      now = value === undefined ? rest : { ...now, [name]: value };
      setKept(now);
    };
    return <Form node="n" type={typeOf(kind)} settings={kept} columns={columns} findings={findings} host={host} onChange={change} />;
  }
  render(<Kept />);
  return { now: () => now };
}

test("text and numbers become settings, an emptied one is taken out", async () => {
  const user = userEvent.setup();
  const form = edit("windows.tumbling", { settings: { size_s: 60 } });

  await user.clear(screen.getByRole("textbox", { name: "Size" }));
  await user.type(screen.getByRole("textbox", { name: "Size" }), "2.5");

  expect(form.now()).toEqual({ size_s: 2.5 });
});

test("what is no number is said and not taken", async () => {
  const user = userEvent.setup();
  const form = edit("windows.tumbling", { settings: { size_s: 60 } });

  await user.type(screen.getByRole("textbox", { name: "Size" }), "x");

  expect(screen.getByText('"60x" is not a number.')).toBeTruthy();
  expect(form.now()).toEqual({ size_s: 60 });
});

test("limits are said while one types", async () => {
  const user = userEvent.setup();
  edit("windows.tumbling", { settings: { size_s: 60 } });

  await user.clear(screen.getByRole("textbox", { name: "Size" }));
  await user.type(screen.getByRole("textbox", { name: "Size" }), "0");

  expect(screen.getByText("More than 0.")).toBeTruthy();
  expect(screen.getByRole("textbox", { name: "Size" }).getAttribute("aria-invalid")).toBe("true");
});

test("a finding is said at its field, with how to mend it", () => {
  edit("tables.group", { settings: { by: ["servic"] }, findings: [finding("n", "by.0", "unknown_column", "there is no column 'servic'.", { hint: "Did you mean 'service'?" })] });

  const field = document.querySelector<HTMLElement>('[data-setting="by"]');

  expect(field && within(field).getByText("There is no column 'servic'. Did you mean 'service'?")).toBeTruthy();
});

test("columns are picked from those that come in", async () => {
  const user = userEvent.setup();
  const form = edit("tables.group");

  await user.click(screen.getByRole("combobox", { name: "Add to By" }));
  const list = screen.getByRole("listbox", { name: "Add to By" });
  expect(within(list).getAllByRole("option").map((one) => one.textContent)).toEqual(["servicetext", "leveltext", "msnumber or none"]);
  await user.keyboard("{ArrowDown}{Enter}");
  await user.type(screen.getByRole("combobox", { name: "Add to By" }), "le{ArrowDown}{Enter}");

  expect(form.now()).toEqual({ by: ["service", "level"] });
});

test("each side of a join offers the columns of its own port", async () => {
  const user = userEvent.setup();
  const column = (name: string) => ({ name, type: "text", nullable: false });
  const form = edit("tables.join", { settings: { on: { host: "" } }, columns: { inputs: { left: [[column("host")]], right: [[column("node")]] }, output: null, assumed: false } });

  await user.click(screen.getByRole("combobox", { name: "On, host" }));
  await user.click(screen.getByRole("option", { name: /node/ }));

  expect(form.now()).toEqual({ on: { host: "node" } });
});

test("columns with types: added, named, typed, moved, removed, and a name is not taken twice", async () => {
  const user = userEvent.setup();
  const form = edit("sources.csv_file", { settings: { path: "a.csv", columns: { at: "time", ms: "number" } } });
  const rows = screen.getByRole("group", { name: "Columns" });

  await user.click(within(rows).getByRole("button", { name: "Add to Columns" }));
  expect(form.now().columns).toEqual({ at: "time", ms: "number", column: "text" });
  const third = within(rows).getAllByRole("combobox", { name: "Name in Columns" })[2] as HTMLElement;
  await user.clear(third);
  await user.type(third, "ms");
  expect(screen.getByText('"ms" is there already.')).toBeTruthy();
  await user.type(third, "g");
  await user.selectOptions(within(rows).getByRole("combobox", { name: "Columns, msg" }), "json");
  await user.click(within(rows).getByRole("button", { name: "Move msg up" }));
  await user.click(within(rows).getByRole("button", { name: "Remove at" }));

  expect(JSON.stringify(form.now().columns)).toBe('{"msg":"json","ms":"number"}');
});

test("aggregates: the first fields are seen, more on demand", async () => {
  const user = userEvent.setup();
  const form = edit("tables.group", { settings: { aggregates: { errors: { function: "count" } } } });

  await user.selectOptions(screen.getByRole("combobox", { name: "Function" }), "argmax");
  await user.type(screen.getByRole("combobox", { name: "Column" }), "ms");
  expect(screen.queryByRole("combobox", { name: "By" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "3 more" }));
  await user.type(screen.getByRole("combobox", { name: "By" }), "level");

  expect(form.now()).toEqual({ aggregates: { errors: { function: "argmax", column: "ms", by: "level" } } });
});

test("a changed setting can go back to its default", async () => {
  const user = userEvent.setup();
  const form = edit("tables.join", { settings: { on: { a: "b" }, how: "left" } });

  await user.click(screen.getByRole("button", { name: "Reset How to its default" }));

  expect(form.now()).toEqual({ on: { a: "b" } });
});

test("a path is completed folder by folder, by keyboard; another can be typed", async () => {
  const user = userEvent.setup();
  const listed: Record<string, { path: string; size_bytes: number | null }[]> = {
    "": [{ path: "logs/", size_bytes: null }, { path: "rows.csv", size_bytes: 12_345 }],
    "logs/": [{ path: "logs/app.log", size_bytes: 5 }],
  };
  const form = edit("sources.csv_file", { host: hostWith({ ...QUIET, flow_paths: ({ typed }: Record<string, unknown>) => ({ folder: "/w", paths: listed[String(typed)] ?? [] }) }) });
  const field = screen.getByRole("combobox", { name: "Path" });

  await user.click(field);
  expect((await screen.findByRole("option", { name: /rows.csv/ })).textContent).toContain("12 kB");
  await user.type(field, "lo{ArrowDown}{Enter}");
  expect(form.now()).toEqual({ path: "logs/" });
  await screen.findByRole("option", { name: /app.log/ });
  await user.type(field, "{ArrowDown}{Enter}");
  expect(form.now()).toEqual({ path: "logs/app.log" });
  expect(screen.queryByRole("option")).toBeNull();

  await user.clear(field);
  await user.type(field, "/var/log/*.log");
  expect(form.now()).toEqual({ path: "/var/log/*.log" });
});

test("a secret is picked by name", async () => {
  const user = userEvent.setup();
  const form = edit("sources.kafka");

  await user.selectOptions(await screen.findByRole("combobox", { name: "Password" }), await screen.findByRole("option", { name: "kafka_shop_password" }));

  expect(form.now()).toEqual({ password: "${secret:kafka_shop_password}" });
});

test("the value of a new secret goes to the workspace and nowhere else", async () => {
  const user = userEvent.setup();
  const host = hostWith({ ...QUIET, secret_set: { name: "kafka_n_password" } });
  const form = edit("sources.kafka", { host });

  await user.selectOptions(screen.getByRole("combobox", { name: "Password" }), "New secret …");
  await user.type(screen.getByLabelText("Value of the secret"), "hunter2");
  await user.click(screen.getByRole("button", { name: "Keep it" }));

  expect(host.calls.filter((call) => call.tool === "secret_set")).toEqual([{ tool: "secret_set", args: { name: "kafka_n_password", value: "hunter2" } }]);
  expect(form.now()).toEqual({ password: "${secret:kafka_n_password}" });
  expect(document.body.innerHTML).not.toContain("hunter2");
});

test("free JSON stays in the field until it can be read", async () => {
  const user = userEvent.setup();
  const form = edit("sinks.http", { settings: { url: "http://127.0.0.1:1" } });
  await user.click(screen.getByRole("button", { name: /^Advanced/ }));

  await user.type(screen.getByRole("textbox", { name: "Body" }), '{{"a": [[1');
  expect(form.now().body).toBeUndefined();
  expect(screen.getByText(/This is not JSON yet/)).toBeTruthy();
  await user.type(screen.getByRole("textbox", { name: "Body" }), "]}");

  expect(form.now().body).toEqual({ a: [1] });
});

test("settings of any plain type keep their type", async () => {
  const user = userEvent.setup();
  const form = edit("sources.kafka", { settings: { options: { "fetch.wait.max.ms": 50 } } });

  const value = screen.getByRole("textbox", { name: "Options, fetch.wait.max.ms" });
  await user.clear(value);
  await user.type(value, '"50"');

  expect(form.now()).toEqual({ options: { "fetch.wait.max.ms": "50" } });
});
