/** Inputs of one value: text, yes or no, one of a few, and a mix of these. */

import { useEffect, useState } from "react";

import type { Json } from "../../types";
import { optional } from "../schema/shape";
import { common, idOf, placeholderOf, useScope, type ControlProps } from "./scope";

export function TextInput(props: ControlProps) {
  const scope = useScope();
  const { schema, value, onChange } = props;
  const emptied = schema.default === null || schema.default === "" ? undefined : "";
  return (
    <input
      className="cw-field-input"
      type="text"
      spellCheck={false}
      autoComplete="off"
      {...common(scope, props)}
      value={typeof value === "string" ? value : ""}
      placeholder={placeholderOf(schema.default)}
      onChange={(event) => onChange(event.target.value === "" ? emptied : event.target.value)}
    />
  );
}

export function Tick(props: ControlProps) {
  const scope = useScope();
  const now = typeof props.value === "boolean" ? props.value : props.schema.default === true;
  return <input type="checkbox" className="cw-field-tick" {...common(scope, props)} checked={now} onChange={(event) => props.onChange(event.target.checked)} />;
}

export function Choice(props: ControlProps & { options: Json[] }) {
  const scope = useScope();
  const { schema, value, options, onChange } = props;
  const { nullable } = optional(schema, scope.defs);
  const shown = value === undefined ? (schema.default ?? null) : value;
  const at = options.findIndex((option) => option === shown);
  const other = shown === null ? (nullable ? "not set" : "Choose …") : `${JSON.stringify(shown)} (not known)`;
  return (
    <select className="cw-field-input" {...common(scope, props)} value={at} onChange={(event) => onChange(options[Number(event.target.value)])}>
      {(at < 0 || nullable) && <option value={-1}>{other}</option>}
      {options.map((option, index) => (
        <option key={String(option)} value={index}>
          {String(option)}
        </option>
      ))}
    </select>
  );
}

export function Fixed(props: ControlProps & { fixed: Json }) {
  const scope = useScope();
  return (
    <output className="cw-field-fixed" id={idOf(scope, props.path)} aria-label={props.label}>
      {String(props.fixed)}
    </output>
  );
}

/** Text, number, true or false, as it is written: `50` is a number, `"50"` a text. */
export function Scalar(props: ControlProps) {
  const scope = useScope();
  const [typed, setTyped] = useState(written(props.value));
  useEffect(() => setTyped((now) => (read(now) === props.value ? now : written(props.value))), [props.value]);
  return (
    <input
      className="cw-field-input"
      type="text"
      spellCheck={false}
      autoComplete="off"
      {...common(scope, props)}
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value);
        props.onChange(read(event.target.value));
      }}
    />
  );
}

export function read(text: string): Json {
  if (text === "true" || text === "false") return text === "true";
  if (text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}

export function written(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") return String(value);
  return read(value) === value ? value : `"${value}"`;
}
