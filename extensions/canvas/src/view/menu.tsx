/** The menu of what is selected: the commands that make sense for it, with their keys. */

import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";

import { useEditor } from "../document/context";
import { COMMANDS, offered, type Context } from "./commands";

export function Menu({ x, y, context, close }: { x: number; y: number; context: Context; close: () => void }) {
  const store = useEditor();
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => menu.current?.querySelector<HTMLElement>("button")?.focus(), []);
  const selected = store.selection.size > 0;
  const shown = COMMANDS.filter((command) => (selected ? command.menu : ["Add a node", "Paste", "Select all", "Tidy", "Add a note", "Show all", "Find a node", "Keys"].includes(command.title)) && offered(command, context));
  const [height, setHeight] = useState(0);
  // It stands where it was asked for, unless it would not be whole there.
  useLayoutEffect(() => setHeight(menu.current?.offsetHeight ?? 0), [shown.length]);
  const place = { left: `min(${x}px, 100% - 300px)`, top: `max(8px, min(${y}px, 100% - ${height + 8}px))` };
  return (
    <div className="cw-veil" onPointerDown={(event) => event.target === event.currentTarget && close()} onContextMenu={(event) => event.preventDefault()}>
      <div className="cw-menu" role="menu" aria-label="What can be done" ref={menu} style={place} onKeyDown={(event) => along(event, close)}>
        {shown.map((command) => (
          <button
            key={command.title}
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => {
              close();
              command.run(context);
            }}
          >
            <span>{command.title}</span>
            {command.keys && <kbd>{command.keys.split(" ")[0]}</kbd>}
          </button>
        ))}
      </div>
    </div>
  );
}

function along(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const at = items.findIndex((item) => item === event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items[(to + items.length) % items.length]?.focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else if (event.key !== "Enter" && event.key !== " ") return;
  if (event.key !== "Enter" && event.key !== " ") event.preventDefault();
  event.stopPropagation();
}
