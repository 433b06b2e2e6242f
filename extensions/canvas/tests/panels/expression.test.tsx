/** Expressions: what is offered where, and where a fault is shown. */

import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, expect, test } from "vitest";

import { callAround, completed, completions, insideText, NO_HELP, type ExpressionHelp } from "../../src/panels/expression/complete";
import { Form } from "../../src/panels/inspector/form";
import type { Settings } from "../../src/types";
import { hostWith, LOGS, typeOf } from "./given";

afterEach(cleanup);

const HELP: ExpressionHelp = {
  ...NO_HELP,
  columns: [
    { name: "level", type: "text", nullable: false, insert: "level" },
    { name: "a b", type: "number", nullable: true, insert: 'col("a b")' },
  ],
  functions: [{ name: "lower", group: "text", signature: "lower(text: text) -> text", help: "small letters", example: "" }],
};
const names = (text: string, caret = text.length): string[] => completions(HELP, text, caret).map((one) => one.value);

test("columns and functions that begin so", () => {
  expect(names("l")).toEqual(["level", "lower"]);
  expect(names('level == "l')).toEqual([]);
  expect(names("level")).toEqual([]);
});

test.each(["level > 0", "level > 1.5", 'level == "l"', "lower(level)", "level in [1]"])("nothing is offered right behind a value: %s", (text) => {
  expect(names(text)).toEqual([]);
  expect(names(`${text} `)).toContain("and");
});

test("a completion takes the place of the word, an odd column is written so that it can be read", () => {
  const odd = completions(HELP, "a", 1).find((one) => one.value === "a b");
  const lower = completions(HELP, "1 + lo", 6)[0];

  expect(odd && completed("a", 1, odd)).toEqual({ text: 'col("a b")', caret: 10 });
  expect(lower && completed("1 + lo", 6, lower)).toEqual({ text: "1 + lower(", caret: 10 });
  expect(lower && completed("lo(x)", 2, lower)).toEqual({ text: "lower(x)", caret: 5 });
});

test("the call around the caret", () => {
  expect(callAround("if_else(lower(x), ", 18)).toBe("if_else");
  expect(callAround('f(")"', 5)).toBe("f");
  expect(callAround("f(x)", 4)).toBe("");
  expect(insideText('a == "b\\"', 9)).toBe(true);
});

function edit(settings: Settings, host = hostWith({ expression_help: HELP })) {
  let now = settings;
  function Kept() {
    const [kept, setKept] = useState(settings);
    return (
      <Form
        node="n"
        type={typeOf("tables.filter")}
        settings={kept}
        columns={LOGS}
        findings={[]}
        host={host}
        onChange={(name, value) => {
          now = { ...now, [name]: value ?? "" };
          setKept(now);
        }}
      />
    );
  }
  render(<Kept />);
  return { now: () => now, host };
}

test("the workbench is told the columns, and its offers are written by Enter", async () => {
  const user = userEvent.setup();
  const { now, host } = edit({ condition: "" });

  await user.type(screen.getByRole("textbox", { name: "Condition" }), "le");
  await screen.findByRole("option", { name: /level/ });
  await user.keyboard("{Enter}");

  expect(now()).toEqual({ condition: "level" });
  expect(host.calls.map((call) => call.args)).toContainEqual({ columns: ["service text", "level text", "ms number or none"], expression: "le" });
});

test("a fault is underlined at its characters and said", async () => {
  const user = userEvent.setup();
  const fault = { message: "there is no column `lvl`.", hint: "Did you mean level?", source: "lvl == 1", start: 0, end: 3 };
  edit({ condition: "lvl == 1" }, hostWith({ expression_help: { ...HELP, faults: [fault] } }));

  await user.click(screen.getByRole("textbox", { name: "Condition" }));

  expect(await screen.findByText("There is no column `lvl`. Did you mean level?")).toBeTruthy();
  expect(document.querySelector(".is-marked")?.textContent).toBe("lvl");
});
