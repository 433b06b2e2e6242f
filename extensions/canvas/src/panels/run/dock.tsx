/** The tab with the run of the flow. */

import { useEditor } from "../../document/context";
import { runFlow, runFrom, runUpTo, whyNot } from "./begin";
import { RunView } from "./run";

export function RunDock() {
  const store = useEditor();
  const { overlay, findings } = store.outside;
  const only = store.selectedNodes.length === 1 ? store.selectedNodes[0] : undefined;
  return (
    <RunView
      overlay={overlay}
      why={whyNot(store)}
      errors={findings.filter((one) => one.severity === "error").length}
      selected={only ? { id: only, whyNotUpTo: whyNot(store, "up to", only), whyNotFrom: whyNot(store, "from", only) } : null}
      run={() => runFlow(store)}
      runAndWatch={(id) => runFlow(store, [store.fullId(id)])}
      runUpTo={(id) => runUpTo(store, id)}
      runFrom={(id) => runFrom(store, id)}
      stop={(now) => store.command("stop", { run_id: overlay.run?.id, ...(now && { now }) })}
      select={(id) => store.goTo(id)}
    />
  );
}
