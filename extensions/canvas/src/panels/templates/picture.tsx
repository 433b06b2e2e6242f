/** A flow as a small picture: boxes in the colours of their groups, and wires. */

import type { Kinds } from "../../document/kinds";
import { edgesOf, nodesOf } from "../../document/nodes";
import { placesOf } from "../../document/places";
import { heightOf, WIDTH } from "../../document/sizes";
import type { Flow } from "../../types";

const PAD = 20;

export function Picture({ flow, kinds }: { flow: Flow; kinds: Kinds }) {
  const places = placesOf(flow, kinds, new Map());
  const boxes = nodesOf(flow).map((node) => ({ id: node.id, group: kinds.get(node.kind)?.group ?? "other", at: places.get(node.id) ?? [0, 0], height: heightOf(kinds, node.kind) }));
  if (boxes.length === 0) return <svg className="cw-picture" viewBox="0 0 100 50" aria-hidden="true" />;
  const [left, top] = [Math.min(...boxes.map((box) => box.at[0])), Math.min(...boxes.map((box) => box.at[1]))];
  const right = Math.max(...boxes.map((box) => box.at[0])) + WIDTH;
  const bottom = Math.max(...boxes.map((box) => box.at[1] + box.height));
  const of = new Map(boxes.map((box) => [box.id, box]));
  return (
    <svg className="cw-picture" viewBox={`${left - PAD} ${top - PAD} ${right - left + 2 * PAD} ${bottom - top + 2 * PAD}`} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
      {edgesOf(flow).map((edge, index) => {
        const [from, to] = [of.get(edge.source), of.get(edge.target)];
        if (!from || !to) return null;
        const [x1, y1, x2, y2] = [from.at[0] + WIDTH, from.at[1] + from.height / 2, to.at[0], to.at[1] + to.height / 2];
        const bend = Math.max(30, (x2 - x1) / 2);
        return <path key={index} d={`M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`} />;
      })}
      {boxes.map((box) => (
        <g key={box.id} data-group={box.group}>
          <rect x={box.at[0]} y={box.at[1]} width={WIDTH} height={box.height} rx={10} />
        </g>
      ))}
    </svg>
  );
}
