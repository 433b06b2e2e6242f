/** The whole editor: bar, palette, canvas, panels around it, and the line that says what happened. */

import { useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";

import { useEditor } from "../document/context";
import { RIGHT, RunFollower } from "../panels";
import { Refused } from "./aim";
import { Canvas } from "./canvas";
import type { Context } from "./commands";
import { BottomDock, RightDock } from "./docks";
import type { AnyNode, WireEdge } from "./elements";
import { Empty } from "./empty";
import { holdFocus } from "./focus";
import { onKey, useClipboard } from "./keyboard";
import { Notices } from "./notices";
import { Palette } from "./palette";
import { Popups } from "./popups";
import { Stage } from "./stage";
import { Toolbar } from "./toolbar";
import { useUi } from "./ui";

export function Workbench() {
  const store = useEditor();
  const ui = useUi();
  const flow = useReactFlow<AnyNode, WireEdge>();
  const { theme, readonly } = store.outside;
  const context = useMemo<Context>(() => ({ store, ui, stage: new Stage(store, ui, flow) }), [store, ui, flow]);
  const root = useRef<HTMLDivElement>(null);
  useClipboard(context);
  useEffect(() => (root.current ? holdFocus(root.current) : undefined), []);
  const [only = "", ...more] = store.selectedNodes;
  const isDocked = useRef(false);
  const docked = RIGHT.length > 0 && only !== "" && !readonly && (isDocked.current || !ui.dragging);
  const { palette, minimap, bottom } = ui.shown;
  // Panels open beside the canvas, which gets smaller: the node must be neither behind them nor behind the map.
  useEffect(() => {
    isDocked.current = docked;
    if (docked && more.length === 0) context.stage.uncover([only]);
  }, [docked, only, more.length, context, palette, minimap, bottom]);
  // A second view beside this one, or a smaller window, takes room from the canvas as well.
  useEffect(() => {
    const stage = root.current?.querySelector(".cw-stage");
    if (!stage) return undefined;
    const watch = new ResizeObserver(() => store.selectedNodes.length === 1 && context.stage.uncover(store.selectedNodes));
    watch.observe(stage);
    return () => watch.disconnect();
  }, [context, store]);
  const classes = ["cw-root", theme === "dark" ? "is-dark" : "is-light", readonly && "is-readonly", store.outside.types !== "there" && "is-untyped"];
  return (
    <div
      className={classes.filter(Boolean).join(" ")}
      tabIndex={-1}
      data-jp-suppress-context-menu
      ref={(element) => {
        root.current = element;
        context.stage.root = element;
      }}
      onFocus={({ target }) => {
        // Who comes to a node with Tab means it.
        const id = target.matches(".react-flow__node:focus-visible") ? target.dataset.id : undefined;
        if (id && !store.selection.has(id)) store.select([id]);
      }}
      onKeyDown={(event) => onKey(event, context)}
      onPointerMove={(event) => (context.stage.pointer = { x: event.clientX, y: event.clientY })}
      onPointerLeave={() => (context.stage.pointer = null)}
    >
      <Toolbar context={context} />
      <Notices />
      <div className="cw-middle">
        {ui.shown.palette && !readonly && <Palette context={context} />}
        <section className="cw-stage" aria-label={`Canvas of ${store.flow.name}`}>
          <Canvas context={context} />
          {(store.graph.nodes ?? []).length === 0 && <Empty context={context} />}
          <Told />
        </section>
        {docked && <RightDock context={context} />}
      </div>
      <BottomDock />
      <RunFollower />
      <Popups context={context} />
      <Refused />
    </div>
  );
}

/** Read out by screen readers, and shown for a moment. */
function Told() {
  const { told } = useEditor();
  return (
    <div className="cw-told" role="status" aria-live="polite">
      {told.text && (
        <span key={told.number} className={`is-${told.tone}`}>
          {told.text}
        </span>
      )}
    </div>
  );
}
