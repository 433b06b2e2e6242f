/** Quick fixes: for a finding with only one sensible mend, the flow as it is mended. */

import { edgesOf, nodeOf, nodesOf, setSettings, updateNode } from "../../document/nodes";
import { reaches, refusal, wire } from "../../document/wires";
import type { Kinds } from "../../document/kinds";
import { portOf, type Finding, type Flow, type FlowNode, type Json } from "../../types";
import { isObject } from "../schema/shape";
import { inGraph } from "./parts";

export interface Fix {
  /** What it does, as a command: "Use 'service'". */
  label: string;
  apply: (flow: Flow) => Flow;
}

const quoted = (text: string): string => /'([^']+)'/.exec(text)?.[1] ?? /`([^`]+)`/.exec(text)?.[1] ?? "";
const meant = (finding: Finding): string => /^Did you mean ['`]?(.+?)['`]?\?/.exec(finding.hint ?? "")?.[1] ?? "";

type Maker = (finding: Finding, node: FlowNode, kinds: Kinds, flow: Flow) => Fix | null;

const MAKERS: Record<string, Maker> = {
  unknown_kind: (finding) => {
    const kind = meant(finding);
    return kind ? onNode(finding, `Make it ${kind}`, (node) => ({ ...node, kind })) : null;
  },
  former_kind: (finding, node, kinds) => {
    const now = kinds.get(node.kind)?.kind;
    return now ? onNode(finding, `Call it ${now}`, (one) => ({ ...one, kind: now })) : null;
  },
  unknown_setting: (finding, node) => {
    const name = finding.field ?? "";
    const value = node.settings?.[name];
    if (value === undefined) return null;
    const better = meant(finding);
    if (better && node.settings?.[better] === undefined) {
      return onNode(finding, `Rename it to ${better}`, (one) => ({ ...one, settings: renamedKey(one.settings ?? {}, name, better) }));
    }
    return { label: `Remove ${name}`, apply: (flow) => inGraph(flow, finding.node, (graph, id) => setSettings(graph, id, { [name]: undefined })) };
  },
  unknown_column: (finding, node) => replaced(finding, node),
  bad_expression: (finding, node) => replaced(finding, node),
  missing_wire: missingWire,
  unknown_port: (finding, node, kinds) => {
    const ports = kinds.get(node.kind)?.inputs ?? [];
    const port = meant(finding) || (ports.length === 1 ? ports[0]?.name : "");
    if (!port) return null;
    const apply = (flow: Flow): Flow =>
      inGraph(flow, finding.node, (graph, id) => ({
        ...graph,
        edges: edgesOf(graph).map((edge) => (edge.target === id && portOf(edge) === finding.field ? wire(edge.source, id, port) : edge)),
      }));
    return { label: `Lead its wire to ${port}`, apply };
  },
  no_output: (finding) => ({
    label: "Remove the wires that read from it",
    apply: (flow) => inGraph(flow, finding.node, (graph, id) => ({ ...graph, edges: edgesOf(graph).filter((edge) => edge.source !== id) })),
  }),
};

export function fixOf(finding: Finding, flow: Flow, kinds: Kinds): Fix | null {
  if (finding.code === "unknown_node") return danglingFix(finding);
  let found: Fix | null = null;
  inGraph(flow, finding.node, (graph, id) => {
    const node = nodeOf(graph, id);
    const maker = MAKERS[finding.code];
    if (node && maker) found = maker(finding, node, kinds, graph as Flow);
    return graph;
  });
  return found;
}

/** All mends one after the other, each looked up anew in the flow that those before it made. */
export function fixAll(findings: readonly Finding[], flow: Flow, kinds: Kinds): Flow {
  return findings.reduce((made, finding) => fixOf(finding, made, kinds)?.apply(made) ?? made, flow);
}

/** Nodes whose kind has another name now: they run, but a saved flow should say it as it is. */
export function formerKinds(flow: Flow, kinds: Kinds): Finding[] {
  return nodesOf(flow).flatMap((node) => {
    const type = kinds.get(node.kind);
    if (!type || type.kind === node.kind) return [];
    return [{ node: node.id, field: "kind", code: "former_kind", severity: "warning", message: `${node.kind} is called ${type.kind} now.`, hint: "" } satisfies Finding];
  });
}

const onNode = (finding: Finding, label: string, change: (node: FlowNode) => FlowNode): Fix => ({
  label,
  apply: (flow) => inGraph(flow, finding.node, (graph, id) => updateNode(graph, id, change)),
});

/** A wire from the only node that can feed the input: one that nothing reads yet, or the only one at all. */
function missingWire(finding: Finding, node: FlowNode, kinds: Kinds, graph: Flow): Fix | null {
  const port = finding.field || "rows";
  const able = nodesOf(graph).filter((one) => refusal(graph, kinds, one.id, node.id, port) === "" && !reaches(graph, node.id, one.id));
  const loose = able.filter((one) => !edgesOf(graph).some((edge) => edge.source === one.id));
  const [source, ...others] = able.length === 1 ? able : loose;
  if (!source || others.length > 0) return null;
  const apply = (flow: Flow): Flow => inGraph(flow, finding.node, (now, id) => ({ ...now, edges: [...edgesOf(now), wire(source.id, id, port)] }));
  return { label: `Wire it to ${source.id}`, apply };
}

function danglingFix(finding: Finding): Fix {
  const apply = (flow: Flow): Flow => {
    const ids = new Set(nodesOf(flow).map((node) => node.id));
    return { ...flow, edges: edgesOf(flow).filter((edge) => ids.has(edge.source) && ids.has(edge.target)) };
  };
  return { label: `Remove the wire to ${finding.node}`, apply };
}

/** The name that was meant in place of the one that is wrong: a value, a key, or some characters of an expression. */
function replaced(finding: Finding, node: FlowNode): Fix | null {
  const better = meant(finding);
  const wrong = quoted(finding.message);
  if (!better || !finding.field) return null;
  const path = finding.field.split(".");
  const change = (value: Json): Json | undefined => {
    if (finding.start != null && finding.end != null) {
      return value === finding.source ? `${finding.source.slice(0, finding.start)}${asName(better)}${finding.source.slice(finding.end)}` : undefined;
    }
    return value === wrong ? better : undefined;
  };
  const settings = changedAt(node.settings ?? {}, path, change, wrong, better);
  if (!settings || !isObject(settings)) return null;
  return onNode(finding, `Use ${better}`, (now) => {
    const next = changedAt(now.settings ?? {}, path, change, wrong, better);
    return next && isObject(next) ? { ...now, settings: next } : now;
  });
}

const asName = (name: string): string => (/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name) ? name : `col(${JSON.stringify(name)})`);

function changedAt(value: Json, path: string[], change: (value: Json) => Json | undefined, wrong: string, better: string): Json | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return change(value);
  if (Array.isArray(value)) {
    const inner = changedAt(value[Number(name)] ?? null, rest, change, wrong, better);
    return inner === undefined ? undefined : value.map((one, index) => (index === Number(name) ? inner : one));
  }
  if (!isObject(value)) return undefined;
  // Names of columns have dots too: what is left of the path may be one key.
  const key = name in value ? name : path.join(".");
  if (!(key in value)) return undefined;
  const inner = changedAt(value[key] ?? null, key === name ? rest : [], change, wrong, better);
  if (inner !== undefined) return { ...value, [key]: inner };
  return key === wrong && rest.length === 0 && !(better in value) ? renamedKey(value, key, better) : undefined;
}

const renamedKey = (value: { [key: string]: Json }, from: string, to: string): { [key: string]: Json } =>
  Object.fromEntries(Object.entries(value).map(([key, one]) => [key === from ? to : key, one]));
