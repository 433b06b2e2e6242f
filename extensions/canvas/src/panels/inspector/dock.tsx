/** The right dock: the settings of the selected node, or of several of one kind. */

import type { FlowNode, Json } from "../../types";
import { useEditor } from "../../document/context";
import { idsOf, nodesOf, renameNode, setSettings } from "../../document/nodes";
import { unitOf } from "../form/field";
import { Form } from "./form";
import { Inspector } from "./inspector";
import { commonOf } from "./several";

export function InspectorDock() {
  const store = useEditor();
  const { outside, graph, kinds } = store;
  const nodes = nodesOf(graph).filter((node) => store.selection.has(node.id));
  const [node] = nodes;
  if (!node) return null;
  if (nodes.length > 1) return <Several nodes={nodes} />;
  const type = kinds.get(node.kind);
  const full = store.fullId(node.id);
  const set = (name: string, value: Json | undefined): void =>
    store.edit(`Set ${unitOf(type?.settings.properties?.[name]?.title ?? name).name} of ${node.id}`, (now) => setSettings(now, node.id, { [name]: value }), `${node.id}.${name}`);
  return (
    <Inspector
      key={full}
      flow={store.flow}
      node={node}
      type={type}
      columns={outside.schemas[full]}
      findings={outside.findings.filter((one) => one.node === full)}
      host={outside.host}
      taken={idsOf(graph)}
      readonly={outside.readonly}
      rename={(name) => {
        store.edit(`Rename ${node.id}`, (now) => renameNode(now, node.id, name));
        store.select([name]);
      }}
      onChange={set}
      close={() => store.select([])}
    />
  );
}

function Several({ nodes }: { nodes: FlowNode[] }) {
  const store = useEditor();
  const kind = nodes[0]?.kind ?? "";
  const type = nodes.every((node) => node.kind === kind) ? store.kinds.get(kind) : undefined;
  const { settings, mixed } = commonOf(nodes);
  const set = (name: string, value: Json | undefined): void =>
    store.edit(`Set ${name} of ${nodes.length} nodes`, (now) => nodes.reduce((made, node) => setSettings(made, node.id, { [name]: value }), now), `several.${name}`);
  return (
    <div className="cw-inspector" data-group={type?.group ?? "other"}>
      <header className="cw-inspector-head">
        <div className="cw-inspector-title">
          <strong>{nodes.length} nodes</strong>
          <span className="cw-inspector-kind">{type ? `${type.title}: what is set here is set in all of them` : "of several kinds"}</span>
        </div>
      </header>
      <div className="cw-inspector-body">
        {type ? (
          <Form node="" type={type} settings={settings} mixed={mixed} columns={store.outside.schemas[store.fullId(nodes[0]?.id ?? "")]} findings={[]} host={store.outside.host} readonly={store.outside.readonly} onChange={set} />
        ) : (
          <p className="cw-none">Nodes of one kind can be set together. These are {[...new Set(nodes.map((node) => store.kinds.get(node.kind)?.title ?? node.kind))].join(", ")}.</p>
        )}
      </div>
    </div>
  );
}
