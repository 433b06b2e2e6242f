/** What lists and maps have in common: rows that can be added, moved and taken out. */

import type { Json } from "../../types";
import { Icon } from "../../view/icons";
import type { ControlProps } from "./scope";

export const listOf = ({ value, schema }: Pick<ControlProps, "value" | "schema">): Json[] =>
  Array.isArray(value) ? value : Array.isArray(schema.default) ? schema.default : [];

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  if (to >= 0 && to < list.length) next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

export function Add({ label, text = "Add", run }: { label: string; text?: string; run: () => void }) {
  return (
    <button type="button" className="cw-add" aria-label={label} onClick={run}>
      <Icon name="plus" size={13} /> {text}
    </button>
  );
}

interface RowToolsProps {
  what: string;
  index: number;
  count: number;
  move: (to: number) => void;
  remove: () => void;
}

export function RowTools({ what, index, count, move, remove }: RowToolsProps) {
  return (
    <span className="cw-row-tools">
      {count > 1 && (
        <>
          <button type="button" className="cw-mini is-up" disabled={index === 0} aria-label={`Move ${what} up`} title="Move up" onClick={() => move(index - 1)}>
            <Icon name="chevron" size={12} />
          </button>
          <button type="button" className="cw-mini is-down" disabled={index === count - 1} aria-label={`Move ${what} down`} title="Move down" onClick={() => move(index + 1)}>
            <Icon name="chevron" size={12} />
          </button>
        </>
      )}
      <button type="button" className="cw-mini" aria-label={`Remove ${what}`} title="Remove" onClick={remove}>
        <Icon name="close" size={12} />
      </button>
    </span>
  );
}
