/** What a mouse does on the canvas: drag, wire, drop, open. */

import type { Connection, EdgeChange, NodeChange, OnConnectEnd, ReactFlowProps } from "@xyflow/react";
import { useMemo } from "react";

import { frameOf } from "../document/drawn";
import { boxCorner } from "../document/folds";
import { moveTo, type Place } from "../document/nodes";
import { heightOf } from "../document/sizes";
import type { EditorStore } from "../document/store";
import { refusal } from "../document/wires";
import { isPart } from "../document/kinds";
import { Aim, ending, type Ending, type HeldEnd } from "./aim";
import { addKind, connectNodes, putOnWire } from "./actions";
import { foldGroups } from "./arrange";
import { DRAG } from "./choices";
import type { Context } from "./commands";
import type { Point, AnyNode, WireEdge } from "./elements";

type Mouse = Pick<
  ReactFlowProps<AnyNode, WireEdge>,
  | "onNodesChange" | "onEdgesChange" | "onNodeClick" | "onNodeDragStart" | "onNodeDrag" | "onNodeDragStop" | "onNodeDoubleClick" | "onNodeContextMenu" | "onEdgeContextMenu" | "onPaneContextMenu" | "onSelectionContextMenu" | "onConnectStart"
  | "onConnect" | "onConnectEnd" | "isValidConnection" | "onDrop" | "onDragOver" | "onDragLeave" | "onMoveStart"
>;

export function useMouse(context: Context, setDragged: (change: (before: ReadonlyMap<string, Point>) => ReadonlyMap<string, Point>) => void): Mouse {
  return useMemo(() => {
    const { store, ui, stage } = context;
    let why = "";
    let from: HeldEnd | null = null;
    let aim: Aim | null = null;

    const moved = (changes: readonly NodeChange<AnyNode>[]): void => {
      const going = new Map<string, Point>();
      const put = new Map<string, Place>();
      for (const change of changes) {
        if (change.type !== "position" || !change.position) continue;
        for (const [id, place] of placed(store, change.id, [change.position.x, change.position.y])) {
          if (change.dragging) going.set(id, { x: place[0], y: place[1] });
          else put.set(id, place);
        }
      }
      if (going.size > 0) setDragged((before) => new Map([...before, ...going]));
      if (put.size === 0) return;
      setDragged(() => new Map());
      const wire = ui.overWire;
      ui.over("");
      const really = [...put].filter(([id, at]) => placeOf(store, id)?.join() !== at.join());
      if (really.length === 0) return;
      if (wire && really.length === 1 && putOnWire(store, really[0]?.[0] ?? "", wire, put)) return;
      store.edit(really.length > 1 ? `Move ${really.length} nodes` : `Move ${really[0]?.[0]}`, (graph) => moveTo(graph, put));
    };

    const openMenu = (event: { preventDefault(): void; clientX: number; clientY: number }, id?: string): void => {
      event.preventDefault();
      if (id !== undefined && !store.selection.has(id)) store.select([id]);
      ui.show({ kind: "menu", ...stage.local(event.clientX, event.clientY) });
    };

    const onConnectEnd: OnConnectEnd = (event, state) => {
      aim?.end();
      aim = null;
      const at = "changedTouches" in event ? event.changedTouches[0] : event;
      if (state.isValid || !from || !at) return;
      if (state.toHandle) return why ? store.say(why, "refused") : undefined;
      const over = wireEnd(event.target);
      const end = over ? ending(store, from, over) : null;
      if (end) return end.why ? store.say(end.why, "refused") : void connectNodes(store, end.source, end.target, end.port);
      const [x, y] = stage.onCanvas(at.clientX, at.clientY);
      const place: Place = from.gives ? [x, y - 26] : [x - 212, y - 26];
      ui.show({ kind: "add", ...stage.local(at.clientX, at.clientY), place, wire: from.gives ? { source: from.node } : { target: from.node, port: from.port } });
    };

    return {
      onNodesChange: (changes) => {
        moved(changes);
        select(store, changes);
      },
      onEdgesChange: (changes) => select(store, changes),
      onNodeClick: ({ ctrlKey, metaKey, shiftKey }, node) => {
        // A drag whose node was taken away by another change has no end of its own.
        ui.drag(false);
        // One of several that is pressed alone is meant alone.
        if (!ctrlKey && !metaKey && !shiftKey) store.select([node.id]);
      },
      onNodeDragStart: () => ui.drag(true),
      onNodeDragStop: () => ui.drag(false),
      onNodeDrag: (event, node, all) => {
        const free = all.length === 1 && !(store.graph.edges ?? []).some((edge) => edge.source === node.id || edge.target === node.id);
        ui.over(free && "clientX" in event ? wireAt(stage.root, event.clientX, event.clientY) : "");
      },
      onNodeDoubleClick: (_, node) => {
        if (node.type === "note") ui.edit(node.id);
        else if (node.type === "box") foldGroups(store, new Set([node.id]), false);
        else if (node.type === "frame") stage.openRename(node.id);
        else if (isPart(node.data.node.kind)) store.open(node.id);
        else stage.focusInspector();
      },
      onNodeContextMenu: (event, node) => openMenu(event, node.id),
      onEdgeContextMenu: (event, edge) => openMenu(event, edge.id),
      onSelectionContextMenu: (event) => openMenu(event),
      onPaneContextMenu: (event) => {
        store.select([]);
        openMenu(event);
      },
      isValidConnection: (end) => {
        why = reason(store, end);
        return !why;
      },
      onConnectStart: (_, start) => {
        why = "";
        from = start.nodeId ? { node: start.nodeId, port: start.handleId ?? "rows", gives: start.handleType === "source" } : null;
        aim?.end();
        aim = from && aimed(context, from, () => why);
      },
      onConnect: (end) => void connectNodes(store, end.source, end.target, end.targetHandle ?? "rows"),
      onConnectEnd,
      onDragOver: (event) => {
        if (!event.dataTransfer.types.includes(DRAG)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
        ui.over(wireAt(stage.root, event.clientX, event.clientY));
      },
      onDragLeave: () => ui.over(""),
      onDrop: (event) => {
        const kind = event.dataTransfer.getData(DRAG);
        const wire = ui.overWire;
        ui.over("");
        if (!kind) return;
        event.preventDefault();
        const [x, y] = stage.onCanvas(event.clientX, event.clientY);
        const added = addKind(store, kind, [x - 106, y - 26], undefined, wire);
        if (added) stage.focusNode(added);
      },
    };
  }, [context, setDragged]);
}

/** On an input the reason is that of the input; on the node that the wire begins at nothing is said, as every wire leaves it. */
function aimed({ store, ui, stage }: Context, from: HeldEnd, whyNot: () => string): Aim {
  const judge = (node: string): Ending | null => {
    const end = node === from.node ? null : ending(store, from, node);
    return end && stage.root?.querySelector(".react-flow__handle.connectingto") ? { ...end, why: whyNot() } : end;
  };
  return new Aim(stage.root, judge, (why, at) => ui.refuse(at && { why, ...stage.local(at.left + at.width / 2, at.bottom + 6) }));
}

const placeOf = (store: EditorStore, id: string): Place | undefined => store.places.get(id) ?? store.graph.notes?.find((note) => note.id === id)?.position;

/** What goes to another place when one element is dragged there: with a frame go the nodes in it. */
function placed(store: EditorStore, id: string, at: Place): [string, Place][] {
  const group = store.graph.groups?.find((one) => one.id === id);
  if (!group) return [[id, at]];
  const kinds = new Map((store.graph.nodes ?? []).map((node) => [node.id, node.kind]));
  const frame = frameOf(group, store.places, (node) => heightOf(store.kinds, kinds.get(node) ?? ""));
  if (!frame) return [];
  const corner: Place = [...store.hidden.values()].includes(group.id) ? boxCorner(frame) : [frame.x, frame.y];
  return group.nodes.flatMap((node): [string, Place][] => {
    const [x, y] = store.places.get(node) ?? [0, 0];
    return store.places.has(node) ? [[node, [x + at[0] - corner[0], y + at[1] - corner[1]]]] : [];
  });
}

const reason = (store: EditorStore, end: Connection | WireEdge): string => refusal(store.graph, store.kinds, end.source, end.target, end.targetHandle ?? "rows");

/** The wire at a point of the screen, by its id. */
function wireAt(root: HTMLElement | null, x: number, y: number): string {
  const scope = root?.getRootNode() as Document | ShadowRoot | undefined;
  const edge = scope?.elementsFromPoint(x, y).map((element) => element.closest<SVGElement>(".react-flow__edge")).find(Boolean);
  return edge?.dataset.id ?? "";
}

const wireEnd = (target: EventTarget | null): string => (target instanceof Element ? (target.closest<HTMLElement>(".react-flow__node")?.dataset.id ?? "") : "");

function select(store: EditorStore, changes: readonly (NodeChange<AnyNode> | EdgeChange<WireEdge>)[]): void {
  const next = new Set(store.selection);
  for (const change of changes) {
    if (change.type !== "select") continue;
    if (change.selected) next.add(change.id);
    else next.delete(change.id);
  }
  store.select(next);
}
