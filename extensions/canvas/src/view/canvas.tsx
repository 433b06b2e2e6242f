/** The drawing: nodes and wires of the open graph, and what a mouse does with them. */

import { Background, BackgroundVariant, ReactFlow, SelectionMode, type Connection, type EdgeChange, type NodeChange, type NodeTypes } from "@xyflow/react";
import { useCallback, useMemo, useRef, useState, type ReactNode } from "react";

import { useEditor } from "../document/context";
import { moveTo, type Place } from "../document/nodes";
import { GRID } from "../document/sizes";
import { connect, refusal } from "../document/wires";
import { Elements, type Point, type StepNode, type WireEdge } from "./elements";
import { Step } from "./step";
import { Wire } from "./wire";

const NODE_TYPES: NodeTypes = { step: Step };
const EDGE_TYPES = { wire: Wire };
/** From so many nodes on, only those in sight are drawn. */
const MANY = 150;

export function Canvas({ children }: { children?: ReactNode }) {
  const store = useEditor();
  const elements = useRef(new Elements()).current;
  const [dragged, setDragged] = useState<ReadonlyMap<string, Point>>(new Map());
  const tabStop = store.selectedNodes.at(-1) ?? store.graph.nodes?.[0]?.id ?? "";
  const nodes = useMemo(() => elements.nodes(store, dragged, tabStop), [store, store.version, dragged, tabStop, elements]);
  const edges = useMemo(() => elements.edges(store), [store, store.version, elements]);

  const onNodesChange = useCallback(
    (changes: NodeChange<StepNode>[]) => {
      const going = new Map<string, Point>();
      const put = new Map<string, Place>();
      for (const change of changes) {
        if (change.type !== "position" || !change.position) continue;
        if (change.dragging) going.set(change.id, change.position);
        else put.set(change.id, [change.position.x, change.position.y]);
      }
      if (put.size > 0) {
        setDragged(new Map());
        const moved = [...put].filter(([id, at]) => store.places.get(id)?.join() !== at.join());
        if (moved.length > 0) store.edit(moved.length > 1 ? `Move ${moved.length} nodes` : `Move ${moved[0]?.[0]}`, (graph) => moveTo(graph, put));
      } else if (going.size > 0) setDragged((before) => new Map([...before, ...going]));
      select(store, changes);
    },
    [store],
  );
  const onEdgesChange = useCallback((changes: EdgeChange<WireEdge>[]) => select(store, changes), [store]);

  const why = (end: Connection | WireEdge): string => refusal(store.graph, store.kinds, end.source, end.target, end.targetHandle ?? "rows");
  const last = useRef("");
  return (
    <ReactFlow<StepNode, WireEdge>
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      colorMode={store.outside.theme}
      fitView
      fitViewOptions={{ maxZoom: 1, padding: 0.15 }}
      minZoom={0.08}
      maxZoom={2}
      snapToGrid
      snapGrid={[GRID, GRID]}
      nodeDragThreshold={2}
      deleteKeyCode={null}
      disableKeyboardA11y
      edgesFocusable={false}
      selectionMode={SelectionMode.Partial}
      onlyRenderVisibleElements={nodes.length > MANY}
      nodesDraggable={!store.outside.readonly}
      nodesConnectable={!store.outside.readonly}
      connectionRadius={26}
      isValidConnection={(end) => {
        last.current = why(end);
        return !last.current;
      }}
      onConnectStart={() => (last.current = "")}
      onConnect={(end) => store.edit(`Wire ${end.source} to ${end.target}`, (graph) => connect(graph, end.source, end.target, end.targetHandle ?? "rows"))}
      onConnectEnd={(_, state) => {
        if (state.toHandle && !state.isValid && last.current) store.say(last.current, "refused");
      }}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
      {children}
    </ReactFlow>
  );
}

function select(store: ReturnType<typeof useEditor>, changes: readonly (NodeChange<StepNode> | EdgeChange<WireEdge>)[]): void {
  const next = new Set(store.selection);
  for (const change of changes) {
    if (change.type !== "select") continue;
    if (change.selected) next.add(change.id);
    else next.delete(change.id);
  }
  store.select(next);
}
