/** The bar above the canvas: where one is, and the commands that are used most. */

import { Fragment } from "react";

import { useEditor } from "../document/context";
import { commandNamed, offered, type Context } from "./commands";
import { Icon } from "./icons";
import { useUi } from "./ui";

const LEFT = [["Palette"], ["Undo", "Redo"], ["Add a node", "Duplicate", "Add a note", "Group", "Make a part of it"], ["Tidy"]];
const RIGHT = [["Find a node", "Smaller", "Larger", "Show all", "Map"], ["Keys"]];

export function Toolbar({ context }: { context: Context }) {
  const store = useEditor();
  return (
    <div className="cw-toolbar">
      <div className="cw-tools" role="toolbar" aria-label="Editing">
        <Tools rows={LEFT} context={context} />
      </div>
      <Crumbs />
      <span className="cw-tools-gap">{[store.outside.saving, summary(store.graph.nodes?.length ?? 0, store.selectedNodes.length)].filter(Boolean).join(" · ")}</span>
      <div className="cw-tools" role="toolbar" aria-label="View">
        <Tools rows={RIGHT} context={context} />
      </div>
    </div>
  );
}

const summary = (nodes: number, selected: number): string =>
  selected > 1 ? `${selected} of ${nodes} nodes selected` : `${nodes} ${nodes === 1 ? "node" : "nodes"}`;

function Tools({ rows, context }: { rows: string[][]; context: Context }) {
  const { shown } = useUi();
  const { store } = context;
  const pressed: Record<string, boolean> = { Palette: shown.palette, Map: shown.minimap };
  const labels: Record<string, string> = { Undo: store.history.undoable, Redo: store.history.redoable };
  const shownRows = rows.filter((row) => row.some((title) => !(commandNamed(title)?.edits && store.outside.readonly)));
  return shownRows.map((row, index) => (
    <Fragment key={row[0]}>
      {index > 0 && <span className="cw-tools-line" aria-hidden="true" />}
      {row.map((title) => {
        const command = commandNamed(title);
        if (!command || (command.edits && store.outside.readonly)) return null;
        const what = labels[title];
        const label = what ? `${title}: ${what}` : title;
        const off = !offered(command, context) || what === "";
        return (
          <button key={title} type="button" className="cw-button" aria-label={label} title={`${label} (${command.keys.split(" ")[0]})`} disabled={off} aria-pressed={pressed[title]} onClick={() => command.run(context)}>
            <Icon name={command.icon ?? "other"} />
          </button>
        );
      })}
    </Fragment>
  ));
}

/** The way into a part, each step a way back. */
function Crumbs() {
  const store = useEditor();
  if (store.path.length === 0) return null;
  return (
    <nav className="cw-crumbs" aria-label="Way into this part">
      <button type="button" className="cw-button" onClick={() => store.up(0)}>
        {store.flow.name}
      </button>
      {store.path.map((name, index) => (
        <Fragment key={`${index} ${name}`}>
          <Icon name="chevron" size={12} />
          <button type="button" className="cw-button" aria-current={index === store.path.length - 1 ? "page" : undefined} onClick={() => store.up(index + 1)}>
            {name}
          </button>
        </Fragment>
      ))}
    </nav>
  );
}
