/** Longer texts with a language: SQL, Python, JSON. */

import { useEffect, useState } from "react";

import type { Json } from "../../types";
import { highlight, type Language } from "../code/highlight";
import { Overlaid } from "../code/overlaid";
import { at } from "../schema/findings";
import { idOf, placeholderOf, useScope, type ControlProps } from "./scope";

export function CodeField(props: ControlProps) {
  const scope = useScope();
  const text = typeof props.value === "string" ? props.value : "";
  const language: Language = props.schema.format === "sql" ? "sql" : "python";
  const marked = at(scope.findings, props.path).find((one) => one.start != null && (!one.source || one.source === text));
  return (
    <Overlaid
      id={idOf(scope, props.path)}
      label={props.label}
      describedBy={props.describedBy}
      invalid={props.invalid}
      disabled={scope.readonly}
      text={text}
      placeholder={placeholderOf(props.schema.default)}
      parts={highlight(text, language)}
      mark={marked ? { start: marked.start ?? 0, end: marked.end ?? text.length } : null}
      lines={4}
      onChange={(next) => props.onChange(next === "" ? undefined : next)}
    />
  );
}

/** Any JSON; what does not parse yet stays in the field and is not taken. */
export function JsonField(props: ControlProps) {
  const scope = useScope();
  const [typed, setTyped] = useState(pretty(props.value));
  useEffect(() => setTyped((now) => (JSON.stringify(parsed(now).value) === JSON.stringify(props.value) ? now : pretty(props.value))), [props.value]);
  const { error } = parsed(typed);
  return (
    <>
      <Overlaid
        id={idOf(scope, props.path)}
        label={props.label}
        describedBy={props.describedBy}
        invalid={props.invalid || error !== ""}
        disabled={scope.readonly}
        text={typed}
        placeholder={placeholderOf(props.schema.default) || "{ }"}
        parts={highlight(typed, "json")}
        mark={null}
        lines={2}
        onChange={(next) => {
          setTyped(next);
          const got = parsed(next);
          if (!got.error) props.onChange(got.value);
        }}
      />
      {error && <p className="cw-field-fault">{error}</p>}
    </>
  );
}

const pretty = (value: Json | undefined): string => (value === undefined || value === null ? "" : JSON.stringify(value, null, 2));

export function parsed(text: string): { value: Json | undefined; error: string } {
  if (text.trim() === "") return { value: undefined, error: "" };
  try {
    return { value: JSON.parse(text) as Json, error: "" };
  } catch (error) {
    return { value: undefined, error: `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}.` };
  }
}
