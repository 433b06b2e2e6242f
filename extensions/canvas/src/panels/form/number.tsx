/** A number: what is typed stays until it is one, so that `-` and `1e` can be written. */

import { useEffect, useState, type KeyboardEvent } from "react";

import { common, placeholderOf, useScope, type ControlProps } from "./scope";

export function NumberInput(props: ControlProps & { whole: boolean }) {
  const scope = useScope();
  const { schema, value, onChange, whole } = props;
  const given = typeof value === "number" || typeof value === "string" ? String(value) : "";
  const [typed, setTyped] = useState(given);
  useEffect(() => setTyped((now) => (now !== "" && Number(now) === value ? now : given)), [given, value]);
  const bad = typed !== "" && !Number.isFinite(Number(typed));
  const step = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    const from = typeof value === "number" ? value : typeof schema.default === "number" ? schema.default : 0;
    const by = (event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 10 : 1);
    onChange(Number((from + by).toPrecision(12)));
    event.preventDefault();
  };
  return (
    <span className="cw-number">
      <input
        className="cw-field-input"
        type="text"
        inputMode={whole ? "numeric" : "decimal"}
        autoComplete="off"
        {...common(scope, props)}
        aria-invalid={bad || props.invalid || undefined}
        value={typed}
        placeholder={placeholderOf(schema.default)}
        onKeyDown={step}
        onChange={(event) => {
          const text = event.target.value.trim();
          setTyped(event.target.value);
          if (text === "") onChange(undefined);
          else if (Number.isFinite(Number(text))) onChange(Number(text));
        }}
      />
      {bad && <span className="cw-field-fault">{JSON.stringify(typed)} is not a number.</span>}
    </span>
  );
}
