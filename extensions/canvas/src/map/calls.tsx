/** Draws the calls between services: a way around what is between, an arrow to who is called, and what is known of them. */

import { ViewportPortal } from "@xyflow/react";
import { useId } from "react";

import type { PlacedCall } from "./layout";

export function Calls({ calls }: { calls: readonly PlacedCall[] }) {
  const id = useId();
  // Those that fail lie above the others.
  const ordered = [...calls].sort((one, other) => Number(one.call.failing ?? false) - Number(other.call.failing ?? false));
  return (
    <ViewportPortal>
      <svg className="cw-calls" aria-hidden="true">
        <defs>
          {["calm", "failing"].map((look) => (
            <marker key={look} id={`${id}${look}`} className={`is-${look}`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">
              <path d="M0,0 L8,4 L0,8 z" />
            </marker>
          ))}
        </defs>
        {ordered.map(({ call, path }) => {
          const look = call.failing ? "failing" : "calm";
          return (
            <path key={`${call.source} ${call.target}`} className={`is-${look}`} d={path} markerEnd={`url(#${id}${look})`}>
              <title>{call.said}</title>
            </path>
          );
        })}
      </svg>
      {ordered
        .filter(({ call }) => call.label)
        .map(({ call, label }) => (
          <div
            key={`${call.source} ${call.target}`}
            className={`cw-call ${call.failing ? "is-failing" : ""}`}
            aria-hidden="true"
            title={call.said}
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          >
            {call.label}
            {call.failed && <span className={call.bad ? "is-bad" : ""}>{call.failed}</span>}
          </div>
        ))}
    </ViewportPortal>
  );
}
