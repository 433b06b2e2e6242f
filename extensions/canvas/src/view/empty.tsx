/** What stands on an empty canvas: how to begin. */

import { useEditor } from "../document/context";
import type { Context } from "./commands";
import { Icon } from "./icons";

export function Empty({ context }: { context: Context }) {
  const { outside, path } = useEditor();
  if (outside.readonly) return <div className="cw-empty"><p>There is nothing to show.</p></div>;
  return (
    <div className="cw-empty">
      <h2>{path.length > 0 ? "This part is empty" : "Begin with a source"}</h2>
      <ol>
        <li data-group="sources">
          <span className="cw-step-icon"><Icon name="sources" /></span>
          <span><b>Where do the rows come from?</b> A file, a queue, a database, a receiver.</span>
        </li>
        <li data-group="tables">
          <span className="cw-step-icon"><Icon name="tables" /></span>
          <span><b>What shall be done with them?</b> Filter, join, count in windows, detect.</span>
        </li>
        <li data-group="sinks">
          <span className="cw-step-icon"><Icon name="sinks" /></span>
          <span><b>Where do they go?</b> The workspace, a file, a topic, an alert.</span>
        </li>
      </ol>
      <p>Drag nodes from the left, and a wire from the right side of one to the left side of the next.</p>
      <div className="cw-empty-end">
        <button type="button" className="cw-button is-main" onClick={() => context.stage.openAdd()}>Add the first node</button>
        <span>or press <kbd>A</kbd>; <kbd>?</kbd> lists all keys</span>
      </div>
    </div>
  );
}
