/** The drawing: nodes and wires of the open graph. */

import { Background, BackgroundVariant, MiniMap, ReactFlow, SelectionMode, useStore, type EdgeTypes, type NodeTypes } from "@xyflow/react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";

import { useEditor } from "../document/context";
import type { EditorStore } from "../document/store";
import { GRID } from "../document/sizes";
import { Box } from "./box";
import { Frame, Note } from "./drawn";
import { useMouse } from "./mouse";
import type { Context } from "./commands";
import { Elements, type AnyNode, type Point, type WireEdge } from "./elements";
import { FarWires, parted, useFar } from "./far";
import { allInSight, openingView, type Box as Area, type Size } from "./opening";
import { Step } from "./step";
import { useUi } from "./ui";
import { Wire } from "./wire";

const NODE_TYPES: NodeTypes = { step: Step, note: Note, frame: Frame, box: Box };
const EDGE_TYPES: EdgeTypes = { wire: Wire };
/** From so many nodes on, only those in sight are drawn. */
const MANY = 150;

/** Draws once it is known how large the canvas is: in a tab that is not shown it has no size yet. */
export function Canvas({ context }: { context: Context }) {
  const probe = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const stage = probe.current?.parentElement;
    if (!stage) return undefined;
    const look = (): void => {
      const { width, height } = stage.getBoundingClientRect();
      if (width > 0 && height > 0) setSize({ width, height });
    };
    const watch = new ResizeObserver(look);
    watch.observe(stage);
    look();
    return () => watch.disconnect();
  }, []);
  return size ? <Drawing context={context} size={size} /> : <div ref={probe} />;
}

function Drawing({ context, size }: { context: Context; size: Size }) {
  const store = useEditor();
  const ui = useUi();
  const elements = useRef(new Elements()).current;
  const [dragged, setDragged] = useState<ReadonlyMap<string, Point>>(new Map());
  const tabStop = stopOf(store);
  const nodes = useMemo(() => elements.all(store, dragged, tabStop), [store, store.version, dragged, tabStop, elements]);
  const edges = useMemo(() => elements.edges(store, ui.overWire), [store, store.version, elements, ui.overWire]);
  const far = useFar();
  // A drag changes places many times a second, but rarely which nodes it moves.
  const moving = [...dragged.keys()].join("\n");
  const { single, together } = useMemo(() => parted(edges, far, new Set([...moving.split("\n"), ...store.selection])), [edges, far, moving, store.selection]);
  const mouse = useMouse(context, setDragged);
  const { readonly, theme } = store.outside;
  return (
    <ReactFlow<AnyNode, WireEdge>
      key={store.path.join("/")}
      nodes={nodes}
      edges={single}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      {...mouse}
      className={far ? "is-far" : ""}
      colorMode={theme}
      defaultViewport={openingView(nodes.map(boxOf), size, readonly)}
      minZoom={0.05}
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
      {together.length > 0 && <FarWires wires={together} nodes={nodes} />}
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} />
      {ui.shown.minimap && <SmallMap nodes={nodes} size={size} />}
    </ReactFlow>
  );
}

/** On a canvas narrower than this the small map is smaller, too. */
const NARROW = 900;

/** The small map; it lies over the corner of the canvas, so it is there only when it tells more than the canvas does. */
function SmallMap({ nodes, size }: { nodes: AnyNode[]; size: Size }) {
  const boxes = useMemo(() => nodes.map(boxOf), [nodes]);
  const needed = useStore(({ transform: [x, y, zoom], width, height }) => !allInSight(boxes, { x, y, zoom }, { width, height }));
  const style = size.width < NARROW ? { width: 132, height: 99 } : undefined;
  return needed ? <MiniMap<AnyNode> pannable zoomable className="cw-minimap" style={style} ariaLabel="Map of the flow" nodeClassName={mapClass} nodeBorderRadius={6} /> : null;
}

/** What the Tab key comes to: what is selected, else the first node, or the box that it is in. */
function stopOf(store: EditorStore): string {
  const box = (id: string): string => store.hidden.get(id) ?? id;
  const folded = [...store.hidden.values()].find((id) => store.selection.has(id));
  return box(store.selectedNodes.at(-1) ?? folded ?? store.graph.nodes?.[0]?.id ?? "");
}

const boxOf = ({ position, width = 0, height = 0 }: AnyNode): Area => ({ ...position, width, height });

const mapClass = (node: AnyNode): string => {
  if (node.type === "box") return node.data.findings.some((finding) => finding.severity === "error") ? "is-bad" : "is-box";
  if (node.type !== "step") return `is-${node.type}`;
  const { data } = node;
  const bad = data.findings?.some((finding) => finding.severity === "error");
  return bad ? "is-bad" : `is-${data.type?.group ?? "other"}`;
};
