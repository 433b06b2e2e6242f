/** The drawing: nodes and wires of the open graph. */

import { Background, BackgroundVariant, MiniMap, ReactFlow, SelectionMode, type EdgeTypes, type NodeTypes } from "@xyflow/react";
import { useMemo, useRef, useState } from "react";

import { useEditor } from "../document/context";
import { GRID } from "../document/sizes";
import { Frame, Note } from "./drawn";
import { useMouse } from "./mouse";
import type { Context } from "./commands";
import { Elements, type AnyNode, type Point, type WireEdge } from "./elements";
import { Step } from "./step";
import { useUi } from "./ui";
import { Wire } from "./wire";

const NODE_TYPES: NodeTypes = { step: Step, note: Note, frame: Frame };
const EDGE_TYPES: EdgeTypes = { wire: Wire };
/** From so many nodes on, only those in sight are drawn. */
const MANY = 150;

export function Canvas({ context }: { context: Context }) {
  const store = useEditor();
  const ui = useUi();
  const elements = useRef(new Elements()).current;
  const [dragged, setDragged] = useState<ReadonlyMap<string, Point>>(new Map());
  const tabStop = store.selectedNodes.at(-1) ?? store.graph.nodes?.[0]?.id ?? "";
  const nodes = useMemo(() => elements.all(store, dragged, tabStop), [store, store.version, dragged, tabStop, elements]);
  const edges = useMemo(() => elements.edges(store, ui.overWire), [store, store.version, elements, ui.overWire]);
  const mouse = useMouse(context, setDragged);
  const { readonly, theme } = store.outside;
  return (
    <ReactFlow<AnyNode, WireEdge>
      key={store.path.join("/")}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      {...mouse}
      colorMode={theme}
      fitView
      // A large flow opens where one can read it; F shows all of it.
      fitViewOptions={{ maxZoom: 1, minZoom: 0.35, padding: 0.12 }}
      minZoom={0.08}
      maxZoom={2}
      snapToGrid
      snapGrid={[GRID, GRID]}
      nodeDragThreshold={2}
      elevateNodesOnSelect={false}
      deleteKeyCode={null}
      disableKeyboardA11y
      edgesFocusable={false}
      selectionMode={SelectionMode.Partial}
      multiSelectionKeyCode={["Control", "Meta", "Shift"]}
      zoomOnDoubleClick={false}
      onlyRenderVisibleElements={nodes.length > MANY}
      nodesDraggable={!readonly}
      nodesConnectable={!readonly}
      connectionRadius={26}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} />
      {ui.shown.minimap && nodes.length > 1 && <MiniMap<AnyNode> pannable zoomable className="cw-minimap" ariaLabel="Map of the flow" nodeClassName={mapClass} nodeBorderRadius={6} />}
    </ReactFlow>
  );
}

const mapClass = (node: AnyNode): string => {
  if (node.type !== "step") return `is-${node.type}`;
  const { data } = node;
  const bad = data.findings?.some((finding) => finding.severity === "error") || data.overlay?.health === "broken";
  return bad ? "is-bad" : `is-${data.type?.group ?? "other"}`;
};
