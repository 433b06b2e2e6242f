/** Draws a folded group: its title, how many nodes it stands for, their problems and what they do together. */

import { Handle, Position, type NodeProps } from "@xyflow/react";
import { memo } from "react";

import { useStore } from "../document/context";
import { foldGroups } from "./arrange";
import type { BoxNode } from "./elements";
import { Badge, State } from "./step";

function BoxView({ data, selected }: NodeProps<BoxNode>) {
  const { group, count, findings, overlay } = data;
  const classes = ["cw-step", "cw-box", selected && "is-selected", findings.some((one) => one.severity === "error") && "has-errors"];
  return (
    <div className={classes.filter(Boolean).join(" ")} data-group="parts" data-state={overlay?.state ?? ""}>
      <Fold group={group.id} title={group.title} folded />
      <span className="cw-step-text">
        <span className="cw-step-name" title={group.title}>
          {group.title || "Group"}
        </span>
        <span className="cw-step-sub" title={group.nodes.join(", ")}>
          {count === 1 ? "1 node" : `${count} nodes`}
        </span>
      </span>
      <Badge findings={findings} />
      {overlay && !overlay.mark && <State overlay={overlay} />}
      <Handle id="in" type="target" position={Position.Left} isConnectable={false} title="Rows that come into the group" />
      <Handle id="out" type="source" position={Position.Right} isConnectable={false} title="Rows that leave the group" />
    </div>
  );
}

/** Folds a group, or opens it; the keyboard does the same by E. */
export function Fold({ group, title, folded }: { group: string; title: string; folded: boolean }) {
  const store = useStore();
  return (
    <button
      type="button"
      className="cw-group-fold nodrag"
      tabIndex={-1}
      aria-expanded={!folded}
      aria-label={`${folded ? "Open" : "Fold"} ${title || "the group"}`}
      title={folded ? "Open (E)" : "Fold (E)"}
      onClick={(event) => {
        event.stopPropagation();
        foldGroups(store, new Set([group]), !folded);
      }}
    />
  );
}

export const Box = memo(BoxView);
