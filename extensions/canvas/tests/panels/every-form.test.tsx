/** Every node type of the catalogue has a form that can be used: each setting has an input with a name and its help. */

import { cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { Form } from "../../src/panels/inspector/form";
import { defsOf, sectionsOf, settingsOf } from "../../src/panels/schema/sections";
import { shapeOf } from "../../src/panels/schema/shape";
import type { NodeType } from "../../src/types";
import { CATALOG, faultsOf, hostWith } from "./given";

afterEach(cleanup);

const host = hostWith({ secrets: [], expression_help: { columns: [], functions: [], operators: [], type: "", faults: [] }, flow_paths: { folder: "", paths: [] } });

function form(type: NodeType) {
  const view = render(<Form node="n" type={type} settings={{}} findings={[]} host={host} onChange={() => undefined} />);
  for (const fold of screen.queryAllByRole("button", { name: /^Advanced/ })) {
    if (fold.getAttribute("aria-expanded") === "false") fold.click();
  }
  return view;
}

test("the catalogue is that of Python", () => {
  expect(CATALOG.length).toBeGreaterThan(100);
});

test.each(CATALOG.map((type) => [type.kind, type] as const))("%s", async (_kind, type) => {
  const { container } = form(type);
  await vi.waitFor(() => expect(container.querySelectorAll("[data-setting]").length).toBeGreaterThanOrEqual(settingsOf(type).length));
  for (const { name, schema } of settingsOf(type)) {
    const field = container.querySelector<HTMLElement>(`[data-setting="${name}"]`);
    expect(field, name).not.toBeNull();
    if (!field) continue;
    const inputs = within(field).queryAllByRole(/textbox|combobox|checkbox|listbox|group|status/ as never);
    expect(inputs.length + field.querySelectorAll("input, select, textarea, output, [role=group]").length, `${name} has an input`).toBeGreaterThan(0);
    if (schema.description) expect(field.textContent).toContain(schema.description.replaceAll("`", ""));
  }
  expect(sectionsOf(type).flatMap((section) => section.settings)).toHaveLength(settingsOf(type).length);
});

test("only what is free JSON in Python is edited as JSON", () => {
  const free = CATALOG.flatMap((type) => settingsOf(type).flatMap(({ name, schema }) => (shapeOf(schema, defsOf(type)).is === "json" ? [`${type.kind}.${name}`] : [])));
  expect(free.sort()).toEqual(["sinks.http.body", "sources.airbyte.config", "sources.fsspec.options"]);
});

test.each(["sources.kafka", "tables.group", "tables.join", "tables.filter", "tables.sql", "sources.syslog_receiver", "sources.airbyte", "tables.rename"])("%s is accessible", async (kind) => {
  const type = CATALOG.find((one) => one.kind === kind);
  expect(type).toBeDefined();
  if (type) expect(await faultsOf(form(type).container)).toEqual([]);
});
