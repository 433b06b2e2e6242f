/** Draws one wire, with the rate of its rows when there is one. */

import { BaseEdge, EdgeLabelRenderer, getBezierPath, type EdgeProps } from "@xyflow/react";
import { memo } from "react";

import type { WireData, WireEdge } from "./elements";
import { compact } from "./numbers";

export function wireClass(data: WireData | undefined, selected: boolean | undefined): string {
  const overlay = data?.overlay;
  return ["cw-wire", selected && "is-selected", data?.isTarget && "is-target", overlay?.mark && `is-${overlay.mark}`, Boolean(overlay?.rows_per_s) && "is-flowing"].filter(Boolean).join(" ");
}

function WireView({ id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected }: EdgeProps<WireEdge>) {
  const [path, x, y] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const overlay = data?.overlay;
  const label = overlay?.rows_per_s === undefined ? "" : `${compact(overlay.rows_per_s)}/s`;
  return (
    <>
      <BaseEdge id={id} path={path} className={wireClass(data, selected)} interactionWidth={18} />
      {label && (
        <EdgeLabelRenderer>
          <div className="cw-wire-label" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
            {label}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const Wire = memo(WireView);
