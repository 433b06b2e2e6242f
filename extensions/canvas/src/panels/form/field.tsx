/** One setting: its name, its input, what it is for, and what is wrong with it. */

import type { Finding, Json, Schema } from "../../types";
import { capital, errorsFirst, within } from "../schema/findings";
import { same, shapeOf, type Shape } from "../schema/shape";
import { fault } from "../schema/validate";
import { Said } from "../said";
import { Control, isWide } from "./control";
import { idOf, useScope } from "./scope";

interface Props {
  schema: Schema;
  path: string;
  name: string;
  value: Json | undefined;
  required: boolean;
  /** Inside of another field: smaller, its help only on demand. */
  inner?: boolean;
  onChange: (value: Json | undefined) => void;
}

/** Rows of maps, fields of objects and expressions show themselves what is wrong with them. */
function shownInside(shape: Shape, finding: Finding, path: string): boolean {
  if (shape.is === "map" || shape.is === "object") return finding.field !== path;
  return shape.is === "text" && shape.format === "expression" && finding.start != null;
}

/** "Poll (s)" is the name "Poll" and the unit "s". */
export function unitOf(title: string): { name: string; unit: string } {
  const found = /^(.*) \(([^)]+)\)$/.exec(title);
  return { name: found?.[1] ?? title, unit: found?.[2] ?? "" };
}

export function Field({ schema, path, name, value, required, inner, onChange }: Props) {
  const scope = useScope();
  const shape = shapeOf(schema, scope.defs);
  const { name: title, unit } = unitOf(schema.title ?? name);
  const id = idOf(scope, path);
  // What the schema says is known at once; what the full check says comes a moment later.
  const here = fault(schema, value, required, scope.defs);
  const holds = ["list", "map", "object", "oneOf"].includes(shape.is);
  const found = errorsFirst(within(scope.findings, path)).filter((one) => !shownInside(shape, one, path));
  const said = here ? [{ severity: "error", text: here }] : found.map((one) => ({ severity: one.severity, text: capital(`${one.message} ${one.hint ?? ""}`.trim()) }));
  const invalid = said.some((one) => one.severity === "error");
  const changed = value !== undefined && schema.default !== undefined && !same(value, schema.default);
  const describedBy = [schema.description && `${id}-help`, said.length > 0 && `${id}-said`].filter(Boolean).join(" ") || undefined;
  const wide = isWide(shape);
  const classes = ["cw-field", inner && "is-inner", wide && "is-wide", shape.is === "boolean" && "is-tick", invalid && "is-wrong"];
  return (
    <div className={classes.filter(Boolean).join(" ")} data-setting={path}>
      <span className="cw-field-head">
        <label htmlFor={holds ? undefined : id} title={inner ? schema.description : name}>
          {title}
          {required && (
            <span className="cw-field-required" title="Has to be set">
              *
            </span>
          )}
        </label>
        {unit && <span className="cw-field-unit">{unit}</span>}
        {changed && !inner && !scope.readonly && (
          <button type="button" className="cw-field-reset" aria-label={`Reset ${title} to its default`} title={`Default: ${shown(schema.default)}`} onClick={() => onChange(undefined)}>
            reset
          </button>
        )}
      </span>
      <div className="cw-field-body">
        <Control schema={schema} path={path} value={value} label={title} describedBy={describedBy} invalid={invalid} onChange={onChange} />
      </div>
      {said.length > 0 && (
        <div id={`${id}-said`} aria-live="polite">
          {said.map((one) => (
            <p key={one.text} className={one.severity === "error" ? "cw-field-fault" : "cw-field-warning"}>
              {one.text}
            </p>
          ))}
        </div>
      )}
      {schema.description && (
        <p id={`${id}-help`} className="cw-field-help" hidden={inner}>
          <Said text={schema.description} />
        </p>
      )}
    </div>
  );
}

function shown(value: Json | undefined): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
  return text === "" ? "empty" : text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
