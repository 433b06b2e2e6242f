/** The edge between the canvas and the panel below it: dragged, or moved by the arrows; a double click gives it its usual place. */

import { useRef, type KeyboardEvent, type PointerEvent } from "react";

/** In pixels. */
export const LEAST = 130;
const STEP = 24;

interface Props {
  /** Height of the panel; 0 for the usual one. */
  height: number;
  /** What the panel measures now, and the most that it may. */
  measured: () => { now: number; most: number };
  set: (height: number) => void;
}

export function Splitter({ height, measured, set }: Props) {
  const from = useRef<{ y: number; height: number; most: number } | null>(null);
  const within = (wanted: number, most: number): number => Math.round(Math.max(LEAST, Math.min(most, wanted)));
  const grab = (event: PointerEvent<HTMLDivElement>): void => {
    const { now, most } = measured();
    from.current = { y: event.clientY, height: now, most };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const pull = (event: PointerEvent<HTMLDivElement>): void => {
    const { current } = from;
    if (current) set(within(current.height + current.y - event.clientY, current.most));
  };
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
    if (step === undefined) return;
    const { now, most } = measured();
    set(within(now + step, most));
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="cw-splitter"
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label="Height of the panel"
      aria-valuemin={LEAST}
      aria-valuenow={Math.max(LEAST, height)}
      title="Drag to change the height; a double click gives the usual one"
      onPointerDown={grab}
      onPointerMove={pull}
      onPointerUp={() => (from.current = null)}
      onLostPointerCapture={() => (from.current = null)}
      onKeyDown={keys}
      onDoubleClick={() => set(0)}
    />
  );
}
