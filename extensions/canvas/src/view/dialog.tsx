/** A small window over the editor: Escape or a click beside it closes it, Tab stays inside. */

import type { KeyboardEvent, ReactNode } from "react";

interface Props {
  label: string;
  /** Upper left corner in the editor; in the middle when left out. */
  x?: number;
  y?: number;
  wide?: boolean;
  close: () => void;
  children: ReactNode;
}

export function Dialog({ label, x, y, wide, close, children }: Props) {
  const placed = x !== undefined && y !== undefined;
  const style = placed ? { left: `max(8px, min(${x}px, 100% - 368px))`, top: `max(8px, min(${y}px, 100% - 390px))` } : undefined;
  const keys = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === "Escape") close();
    if (event.key === "Tab") keepInside(event);
    event.stopPropagation();
  };
  return (
    <div className="cw-veil" onPointerDown={(event) => event.target === event.currentTarget && close()}>
      <div className={`cw-popup ${wide ? "is-wide" : ""} ${placed ? "" : "is-middle"}`} role="dialog" aria-modal="true" aria-label={label} style={style} onKeyDown={keys}>
        {children}
      </div>
    </div>
  );
}

function keepInside(event: KeyboardEvent<HTMLElement>): void {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("input, button, textarea, select, [tabindex='0']")].filter((one) => !one.hasAttribute("disabled"));
  if (event.target !== (event.shiftKey ? all[0] : all.at(-1))) return;
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
  event.preventDefault();
}
