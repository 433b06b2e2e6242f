/** Draws one service: a link to it, or a button that picks it, named by what is seen on it; its state, which the colour shows, is told in words with it. */

import type { Node, NodeProps } from "@xyflow/react";
import { memo } from "react";

import type { Service } from "./graph";

/** What makes a service one that can be picked. */
export interface Picking {
  picked: boolean;
  /** Told its id, or '' when it is let go. */
  onPick(id: string): void;
}

export type ServiceNode = Node<{ service: Service; picking?: Picking }, "service">;

function ServiceView({ data }: NodeProps<ServiceNode>) {
  const { state, id, tag, caption, href, said } = data.service;
  const inside = (
    <>
      <span className="cw-service-head">
        <span className="cw-dot" aria-hidden="true" />
        <span className="cw-service-name">{id}</span>
      </span>
      {caption && <span className="cw-service-caption">{caption}</span>}
      {tag && <span className="cw-service-tag">{tag}</span>}
    </>
  );
  if (data.picking) {
    const { picked, onPick } = data.picking;
    return (
      <button
        type="button"
        className="cw-service nopan"
        data-state={state}
        title={said}
        aria-pressed={picked}
        onClick={() => onPick(picked ? "" : id)}
        onKeyDown={(event) => event.key === "Escape" && picked && onPick("")}
      >
        {inside}
      </button>
    );
  }
  // The app follows a link that is marked `data-go` without loading the page anew; a new tab can be had as of any link.
  return href ? (
    <a className="cw-service nopan" data-state={state} href={href} data-go="" title={said} draggable={false}>
      {inside}
    </a>
  ) : (
    <div className="cw-service" data-state={state} role="img" aria-label={said} title={said}>
      {inside}
    </div>
  );
}

export const ServiceBox = memo(ServiceView);
