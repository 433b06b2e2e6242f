/** The canvas from far away: boxes in colours, and the wires as one drawing, so that hundreds of nodes are moved at ease. */

import { getBezierPath, Position, useStore, ViewportPortal } from "@xyflow/react";
import { memo } from "react";

import type { AnyNode, BoxNode, Point, StepNode, WireEdge } from "./elements";
import { wireClass } from "./wire";

/** Below this zoom no text on a node can be read. */
const FAR = 0.4;
/** From so many wires on, those that nobody touches are one drawing. */
const MANY = 150;

export const useFar = (): boolean => useStore((state) => state.transform[2] < FAR);

/** Part the wires into those that React Flow draws one by one, and those that are one drawing. */
export function parted(wires: WireEdge[], far: boolean, touched: ReadonlySet<string>): { single: WireEdge[]; together: WireEdge[] } {
  if (!far || wires.length < MANY) return { single: wires, together: [] };
  const [single, together]: [WireEdge[], WireEdge[]] = [[], []];
  for (const wire of wires) {
    const own = wire.selected || wire.data?.isTarget || touched.has(wire.source) || touched.has(wire.target);
    (own ? single : together).push(wire);
  }
  return { single, together };
}

interface Props {
  wires: readonly WireEdge[];
  nodes: readonly AnyNode[];
}

/** Wires of one look are one path. */
function FarWiresView({ wires, nodes }: Props) {
  const steps = new Map(nodes.flatMap((node): [string, StepNode | BoxNode][] => (node.type === "step" || node.type === "box" ? [[node.id, node]] : [])));
  const paths = new Map<string, string[]>();
  for (const wire of wires) {
    const [from, to] = [steps.get(wire.source), steps.get(wire.target)];
    if (!from || !to) continue;
    const [start, end] = [outOf(from), into(to, wire.targetHandle ?? "rows")];
    const [path] = getBezierPath({ sourceX: start.x, sourceY: start.y, sourcePosition: Position.Right, targetX: end.x, targetY: end.y, targetPosition: Position.Left });
    const look = wireClass(wire.data, false);
    paths.set(look, [...(paths.get(look) ?? []), path]);
  }
  return (
    <ViewportPortal>
      <svg className="cw-far-wires" aria-hidden="true">
        {[...paths].map(([look, all]) => (
          <path key={look} className={`react-flow__edge-path ${look}`} d={all.join(" ")} fill="none" />
        ))}
      </svg>
    </ViewportPortal>
  );
}

const outOf = ({ position, width = 0, height = 0 }: StepNode | BoxNode): Point => ({ x: position.x + width, y: position.y + height / 2 });

function into({ position, height = 0, data, type }: StepNode | BoxNode, port: string): Point {
  const ports = type === "step" ? (data.type?.inputs ?? []) : [];
  const at = Math.max(0, ports.findIndex((one) => one.name === port));
  return { x: position.x, y: position.y + (height * (at + 1)) / (Math.max(1, ports.length) + 1) };
}

/** Nodes that move are not at the ends of these wires; what else moves makes new wires. */
export const FarWires = memo(FarWiresView, (before, after) => before.wires === after.wires);
