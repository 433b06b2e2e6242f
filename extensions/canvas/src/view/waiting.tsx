/** What stands in a list of node types while they are on their way, or when they did not come. */

import { useEditor } from "../document/context";
import { askForTypes } from "../host/catalog";

const ROWS = 9;

export function Waiting() {
  const store = useEditor();
  const { types } = store.outside;
  if (types === "there") return null;
  if (types === "failed")
    return (
      <div className="cw-none" role="alert">
        <p>The node types could not be loaded.</p>
        <button type="button" className="cw-push" onClick={() => void askForTypes(store)}>
          Try again
        </button>
      </div>
    );
  return (
    <div className="cw-waiting">
      <p className="cw-none" role="status">
        Loading the node types …
      </p>
      {Array.from({ length: ROWS }, (_, row) => (
        <span key={row} className="cw-waiting-row" aria-hidden="true" />
      ))}
    </div>
  );
}
