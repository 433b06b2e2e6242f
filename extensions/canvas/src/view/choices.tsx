/** A list of things to choose from by typing: arrows go, Enter takes, Escape leaves. */

import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

export interface Choice {
  id: string;
  group: string;
  /** Why it cannot be taken; empty when it can. */
  refused?: string;
  row: ReactNode;
  drag?: string;
}

interface Props {
  label: string;
  placeholder: string;
  query: string;
  setQuery: (query: string) => void;
  choices: readonly Choice[];
  take: (id: string) => void;
  leave?: () => void;
  empty: string;
  /** Stands above the choices, such as that they are still on their way. */
  note?: ReactNode;
  /** Whether groups can be folded. */
  folds?: boolean;
  focus?: boolean;
  onKey?: (keys: KeyboardEvent, active: string) => void;
}

export const DRAG = "application/x-causeway-kind";

export function ChoiceList({ label, placeholder, query, setQuery, choices, take, leave, empty, note, folds, focus, onKey }: Props) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [active, setActive] = useState(0);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => choices.filter((choice) => query !== "" || !folded.has(choice.group)), [choices, folded, query]);
  const at = Math.min(active, shown.length - 1);
  const groups = [...new Set(choices.map((choice) => choice.group))];
  useEffect(() => setActive(0), [query]);
  useEffect(() => (focus ? input.current?.focus() : undefined), [focus]);

  const go = (to: number): void => {
    const next = Math.max(0, Math.min(shown.length - 1, to));
    setActive(next);
    list.current?.querySelectorAll('[role="option"]')[next]?.scrollIntoView({ block: "nearest" });
  };
  const takeAt = (index: number): void => {
    const choice = shown[index];
    if (choice && !choice.refused) take(choice.id);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "PageDown") go(at + 10);
    else if (event.key === "PageUp") go(at - 10);
    else if (event.key === "Enter") takeAt(at);
    else if (event.key === "Escape") leave?.();
    else return onKey?.(event, shown[at]?.id ?? "");
    event.preventDefault();
    event.stopPropagation();
  };
  let index = -1;
  return (
    <div className="cw-choices">
      <input
        ref={input}
        className="cw-input"
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder={placeholder}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={keys}
        spellCheck={false}
      />
      {note}
      <div className="cw-options" role="listbox" id={`${id}-list`} aria-label={label} ref={list} tabIndex={-1}>
        {groups.map((group) => {
          const own = shown.filter((choice) => choice.group === group);
          return (
            <div role="group" aria-label={group} key={group}>
              {group && (
                <div className="cw-options-head" aria-hidden="true" onClick={folds ? () => setFolded(toggled(folded, group)) : undefined} data-folds={folds} data-folded={folded.has(group)}>
                  {group}
                  <small>{choices.filter((choice) => choice.group === group).length}</small>
                </div>
              )}
              {own.map((choice) => {
                const here = (index += 1);
                return (
                  <div
                    key={choice.id}
                    id={`${id}-${here}`}
                    role="option"
                    aria-selected={here === at}
                    aria-disabled={Boolean(choice.refused)}
                    className="cw-option"
                    title={choice.refused}
                    draggable={Boolean(choice.drag)}
                    onDragStart={(event) => choice.drag && event.dataTransfer.setData(DRAG, choice.drag)}
                    onClick={() => takeAt(here)}
                  >
                    {choice.row}
                  </div>
                );
              })}
            </div>
          );
        })}
      </div>
      {shown.length === 0 && query !== "" && <p className="cw-none">{empty}</p>}
    </div>
  );
}

function toggled(set: ReadonlySet<string>, item: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
