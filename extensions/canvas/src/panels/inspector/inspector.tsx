/** The settings of one node: its name, what is wrong with it, its form, its columns and its docs. */

import { useState } from "react";

import type { Finding, Flow, FlowNode, Host, Json, NodeColumns, NodeType } from "../../types";
import { Icon } from "../../view/icons";
import { capital } from "../schema/findings";
import { ColumnsOf } from "./columns";
import { Connection } from "./connection";
import { Docs } from "./docs";
import { Form } from "./form";
import { NodeName } from "./name";

export interface InspectorProps {
  flow: Flow;
  node: FlowNode;
  type: NodeType | undefined;
  columns?: NodeColumns | undefined;
  findings: Finding[];
  host: Host;
  taken: ReadonlySet<string>;
  readonly: boolean;
  rename: (name: string) => void;
  onChange: (name: string, value: Json | undefined) => void;
  close?: () => void;
}

export function Inspector(props: InspectorProps) {
  const { flow, node, type, columns, findings, host, readonly, onChange } = props;
  const [docs, setDocs] = useState(false);
  const known = new Set(Object.keys(type?.settings.properties ?? {}));
  const loose = findings.filter((one) => !known.has((one.field ?? "").split(".")[0] ?? ""));
  const unknown = Object.keys(node.settings ?? {}).filter((name) => type && !known.has(name));
  return (
    <div className="cw-inspector" data-group={type?.group ?? "other"} data-node={node.id}>
      <header className="cw-inspector-head">
        <span className="cw-step-icon">
          <Icon name={type?.group ?? "other"} />
        </span>
        <div className="cw-inspector-title">
          <NodeName id={node.id} taken={props.taken} readonly={readonly} rename={props.rename} />
          <span className="cw-inspector-kind" title={node.kind}>
            {type?.title ?? node.kind}
          </span>
        </div>
        <button type="button" className="cw-button is-plain" aria-pressed={docs} aria-label="What this node does" title="What this node does" onClick={() => setDocs(!docs)}>
          <Icon name="help" />
        </button>
        {props.close && (
          <button type="button" className="cw-button is-plain" aria-label="Close the settings" title="Close (Escape)" onClick={props.close}>
            <Icon name="close" />
          </button>
        )}
      </header>
      <div className="cw-inspector-body">
        {type && !docs && <p className="cw-inspector-summary">{type.summary}</p>}
        {type && docs && <Docs type={type} />}
        {loose.map((one) => (
          <p key={`${one.code}${one.field}${one.message}`} className={one.severity === "error" ? "cw-notice is-bad" : "cw-notice is-warn"}>
            {one.field && !known.has(one.field) ? `${one.field}: ` : ""}
            {capital(one.message)} {one.hint}
          </p>
        ))}
        {unknown.length > 0 && !readonly && (
          <button type="button" className="cw-push" onClick={() => unknown.forEach((name) => onChange(name, undefined))}>
            Remove {unknown.map((name) => JSON.stringify(name)).join(", ")}
          </button>
        )}
        {type && <Form key={node.id} node={node.id} type={type} settings={node.settings ?? {}} columns={columns} findings={findings} host={host} readonly={readonly} onChange={onChange} />}
        {type?.testable && host.live && <Connection flow={flow} node={node.id} host={host} />}
        {columns && <ColumnsOf columns={columns} />}
      </div>
    </div>
  );
}
