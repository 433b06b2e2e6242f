/** An object inside of a setting, a fixed number of values, and one of several shapes. */

import { useState } from "react";

import type { Json, Schema } from "../../types";
import { blank, isObject, optionOf, same, type Shape } from "../schema/shape";
import { Control } from "./control";
import { Field } from "./field";
import { idOf, useScope, type ControlProps } from "./scope";

/** So many fields are seen at once; the rest when one of them is set, or asked for. */
const SEEN = 2;

export function ObjectField(props: ControlProps & { fields: Record<string, Schema>; required: string[] }) {
  const { value, fields, required, path, onChange } = props;
  const now = isObject(value) ? value : {};
  const [all, setAll] = useState(false);
  const names = Object.keys(fields);
  const isSet = (name: string): boolean => now[name] !== undefined && !same(now[name], fields[name]?.default ?? null);
  const shown = names.filter((name, index) => all || index < SEEN || required.includes(name) || isSet(name));
  const set = (name: string, next: Json | undefined): void => {
    const { [name]: _old, ...rest } = now;
    onChange(next === undefined ? rest : { ...now, [name]: next });
  };
  return (
    <div className="cw-object" role="group" aria-label={props.label}>
      {shown.map((name) => (
        <Field key={name} schema={fields[name] ?? {}} path={`${path}.${name}`} name={name} value={now[name]} required={required.includes(name)} inner onChange={(next) => set(name, next)} />
      ))}
      {shown.length < names.length && (
        <button type="button" className="cw-more" onClick={() => setAll(true)}>
          {names.length - shown.length} more
        </button>
      )}
    </div>
  );
}

export function Tuple(props: ControlProps & { items: Schema[] }) {
  const { defs } = useScope();
  const now = Array.isArray(props.value) ? props.value : props.items.map((item) => blank(item, defs));
  return (
    <div className="cw-row" role="group" aria-label={props.label}>
      {props.items.map((item, index) => (
        <Control
          key={index}
          schema={item}
          path={`${props.path}.${index}`}
          value={now[index]}
          label={`${props.label}, ${index + 1}`}
          onChange={(next) => props.onChange(now.map((one, place) => (place === index ? (next ?? null) : one)))}
        />
      ))}
    </div>
  );
}

export function Union(props: ControlProps & { shape: Extract<Shape, { is: "oneOf" }> }) {
  const scope = useScope();
  const { shape, value, path, label, onChange } = props;
  const at = optionOf(shape, value);
  const chosen = shape.options[at];
  return (
    <div className="cw-object" role="group" aria-label={label}>
      <select
        className="cw-field-input"
        id={idOf(scope, path)}
        aria-label={`Kind of ${label}`}
        disabled={scope.readonly}
        value={at}
        onChange={(event) => onChange(blank({ ...shape.options[Number(event.target.value)]?.schema, default: undefined }, scope.defs))}
      >
        {shape.options.map((option, index) => (
          <option key={option.label} value={index}>
            {option.label}
          </option>
        ))}
      </select>
      {chosen && <Control schema={chosen.schema} path={path} value={value} label={label} onChange={onChange} />}
    </div>
  );
}
