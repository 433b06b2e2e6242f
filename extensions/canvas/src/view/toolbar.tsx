/** The bar above the canvas: where one is, undo and redo, tidy and fit. */

import { useReactFlow } from "@xyflow/react";

import { useEditor } from "../document/context";
import { Icon } from "./icons";

export function Tool({ icon, label, keys, disabled, pressed, run }: { icon: string; label: string; keys?: string; disabled?: boolean; pressed?: boolean; run: () => void }) {
  const title = keys ? `${label} (${keys})` : label;
  return (
    <button type="button" className="cw-button" aria-label={label} title={title} disabled={disabled} aria-pressed={pressed} onClick={run}>
      <Icon name={icon} />
    </button>
  );
}

export function Toolbar() {
  const store = useEditor();
  const view = useReactFlow();
  const { undoable, redoable } = store.history;
  return (
    <div className="cw-toolbar" role="toolbar" aria-label="Editing">
      {!store.outside.readonly && (
        <>
          <Tool icon="undo" label={undoable ? `Undo: ${undoable}` : "Undo"} keys="Ctrl+Z" disabled={!undoable} run={() => store.undo()} />
          <Tool icon="redo" label={redoable ? `Redo: ${redoable}` : "Redo"} keys="Ctrl+Y" disabled={!redoable} run={() => store.redo()} />
        </>
      )}
      <Tool icon="fit" label="Show all" keys="F" run={() => void view.fitView({ maxZoom: 1, padding: 0.15, duration: 200 })} />
    </div>
  );
}
