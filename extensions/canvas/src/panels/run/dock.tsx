/** The tab with the run of the flow. */

import { useEditor } from "../../document/context";
import { RunView } from "./run";

export function RunDock() {
  const store = useEditor();
  const { overlay, findings } = store.outside;
  const [only] = store.selectedNodes.length === 1 ? store.selectedNodes : [""];
  return (
    <RunView
      overlay={overlay}
      errors={findings.filter((one) => one.severity === "error").length}
      selected={only ? store.fullId(only) : ""}
      command={(name, args) => store.command(name, args)}
      select={(id) => store.goTo(id)}
    />
  );
}
