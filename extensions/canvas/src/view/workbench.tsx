/** The whole editor: bar, canvas, panels around it, and the line that says what happened. */

import { useEditor } from "../document/context";
import { Canvas } from "./canvas";
import { BottomDock, RightDock } from "./docks";
import { Toolbar } from "./toolbar";
import { RIGHT } from "../panels";

export function Workbench() {
  const store = useEditor();
  const { theme, readonly } = store.outside;
  return (
    <div className={`cw-root ${theme === "dark" ? "is-dark" : "is-light"} ${readonly ? "is-readonly" : ""}`} tabIndex={-1}>
      <Toolbar />
      <div className="cw-middle">
        <main className="cw-stage" aria-label={`Canvas of ${store.flow.name}`}>
          <Canvas />
          <Told />
        </main>
        {store.selectedNodes.length > 0 && RIGHT.length > 0 && <RightDock />}
      </div>
      <BottomDock />
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
