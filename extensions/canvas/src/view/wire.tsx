/** Draws one wire, with the rate of its rows when there is one. */

import { BaseEdge, EdgeLabelRenderer, getBezierPath, type EdgeProps } from "@xyflow/react";
import { memo } from "react";

import type { WireEdge } from "./elements";
import { compact } from "./numbers";

function WireView({ id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected }: EdgeProps<WireEdge>) {
  const [path, x, y] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const overlay = data?.overlay;
  const label = overlay?.label ?? (overlay?.rows_per_s === undefined ? "" : `${compact(overlay.rows_per_s)}/s`);
  const classes = ["cw-wire", selected && "is-selected", data?.isTarget && "is-target", overlay?.failing && "is-failing", overlay?.mark && `is-${overlay.mark}`, Boolean(overlay?.rows_per_s) && "is-flowing"];
  return (
    <>
      <BaseEdge id={id} path={path} className={classes.filter(Boolean).join(" ")} interactionWidth={18} />
      {label && (
        <EdgeLabelRenderer>
          <div className={`cw-wire-label ${overlay?.failing ? "is-failing" : ""}`} style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
            {label}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const Wire = memo(WireView);
