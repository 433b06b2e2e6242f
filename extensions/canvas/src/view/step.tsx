/** Draws one node: what it is, what it is set to, how it does, and its ports. */

import { Handle, Position, type NodeProps } from "@xyflow/react";
import { memo } from "react";

import { isPart, partName } from "../document/kinds";
import type { Finding, FlowNode, Json, NodeOverlay, NodeType, Port, Schema, Settings } from "../types";
import type { StepNode } from "./elements";
import { Icon } from "./icons";
import { compact } from "./numbers";

function StepView({ data, selected, isConnectable }: NodeProps<StepNode>) {
  const { node, type, findings, overlay, ends, pinned, beside } = data;
  const errors = findings.filter((finding) => finding.severity === "error");
  const group = type?.group ?? "other";
  const inputs: Port[] = type?.inputs ?? [{ name: "rows", required: false, many: true }];
  const state = overlay?.state ?? "";
  const classes = ["cw-step", selected && "is-selected", errors.length > 0 && "has-errors", beside && "is-beside", !type && "is-unknown", inputs.length > 1 && "has-ports"];
  return (
    <div className={classes.filter(Boolean).join(" ")} data-group={group} data-state={state} data-mark={overlay?.mark}>
      <span className="cw-step-icon">
        <Icon name={group} />
      </span>
      <span className="cw-step-text">
        <span className="cw-step-name" title={node.id}>
          {node.id}
        </span>
        <span className="cw-step-sub" title={type?.summary}>
          {overlay?.caption ?? (isPart(node.kind) ? partSubtitle(node) : subtitle(type?.title, node.kind, withoutSecrets(type, node.settings)))}
        </span>
      </span>
      <Badge findings={findings} />
      {pinned > 0 && (
        <span className="cw-pin" title={`${pinned} rows pinned: previews run from here`}>
          <Icon name="pin" size={11} />
        </span>
      )}
      {overlay && !overlay.mark && <State overlay={overlay} />}
      {ends && <span className="cw-step-ends">{ends}</span>}
      {inputs.map((port, index) => (
        <Handle
          key={port.name}
          id={port.name}
          type="target"
          position={Position.Left}
          isConnectable={isConnectable}
          className={port.required ? "is-required" : ""}
          title={`Input ${port.name}${port.many ? ", takes several wires" : ""}${port.required ? "" : ", may be left open"}`}
          style={{ top: `${((index + 1) * 100) / (inputs.length + 1)}%` }}
        >
          {inputs.length > 1 && <span className="cw-port-name">{port.name}</span>}
        </Handle>
      ))}
      {(type?.output ?? true) && <Handle id="out" type="source" position={Position.Right} isConnectable={isConnectable} title="Rows that come out" />}
    </div>
  );
}

export const Step = memo(StepView);

/** How many problems there are; what they are, for who holds the mouse over it. */
export function Badge({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  const bad = findings.some((finding) => finding.severity === "error");
  return (
    <span className={`cw-badge ${bad ? "is-error" : "is-warning"}`} title={findings.map((one) => `${one.message} ${one.hint ?? ""}`).join("\n")}>
      {findings.length}
    </span>
  );
}

export function State({ overlay }: { overlay: NodeOverlay }) {
  const told = [
    overlay.rows_per_s !== undefined && `${compact(overlay.rows_per_s)}/s`,
    overlay.rows_out !== undefined && overlay.rows_per_s === undefined && `${compact(overlay.rows_out)} rows`,
    overlay.lag_ms != null && overlay.lag_ms >= 1000 && `${compact(overlay.lag_ms / 1000)} s behind`,
  ].filter(Boolean);
  return (
    <span className="cw-step-state">
      <span className="cw-dot" />
      {told.length === 0 && <span>{overlay.state}</span>}
      <span>{told.join(" · ")}</span>
      {Boolean(overlay.errors) && (
        <span className="cw-step-errors" title={overlay.last_error}>
          {compact(overlay.errors ?? 0)} failed
        </span>
      )}
      {overlay.history && overlay.history.length > 1 && <Spark values={overlay.history} />}
    </span>
  );
}

function Spark({ values }: { values: number[] }) {
  const most = Math.max(...values, 1e-9);
  const points = values.map((value, index) => `${(index * 40) / (values.length - 1)},${11 - (value / most) * 10}`);
  return (
    <svg className="cw-spark" viewBox="0 0 40 12" width="40" height="12" aria-hidden="true">
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" strokeWidth="1.2" />
    </svg>
  );
}

const isSecret = (schema: Schema | undefined): boolean => schema?.format === "secret" || (schema?.anyOf ?? []).some((one) => one.format === "secret");

/** What stands where a reference to a secret belongs may be the secret itself, so it is not shown. */
export const withoutSecrets = (type: NodeType | undefined, settings: Settings = {}): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !isSecret(type?.settings.properties?.[name])));

/** A part has no settings to tell of, and often the name of its node. */
export const partSubtitle = ({ id, kind }: FlowNode): string => (partName(kind) === id ? "Part of the flow" : `Part ${partName(kind)}`);

/** The type, and the first settings that say what the node does. */
export function subtitle(title: string | undefined, kind: string, settings: Settings = {}): string {
  const said = Object.values(settings).map(shown).filter(Boolean).slice(0, 2);
  return [title ?? kind, ...said].join(" · ");
}

function shown(value: Json): string {
  if (typeof value === "string") return value.replace(/\s+/g, " ");
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(shown).filter(Boolean).join(", ");
  if (value && typeof value === "object") return Object.keys(value).join(", ");
  return "";
}
