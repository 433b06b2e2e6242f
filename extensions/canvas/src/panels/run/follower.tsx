/** Asks for the figures of the run that the host names, and shows them; a host that gives the figures itself is left alone. */

import { useEffect } from "react";

import { useEditor } from "../../document/context";
import { asOurs, isOurs } from "./ours";
import { overlayOf, isActive, type RunMetrics } from "./overlay";

const EVERY_MS = 1000;

export function RunFollower() {
  const store = useEditor();
  const { host, overlay } = store.outside;
  const { run } = overlay;
  const id = run?.id ?? "";
  const state = run?.state ?? "stopped";
  const given = overlay.nodes !== undefined && !isOurs(overlay);
  useEffect(() => {
    if (!host.live || !id || given) return undefined;
    let here = true;
    const ask = (): void =>
      void host.call<RunMetrics>("flow_metrics", { run_id: id, history: true }).then(
        (metrics) => {
          if (!here) return;
          store.set({ overlay: asOurs(overlayOf(store.flow, metrics, { ...store.outside.overlay.run, id, state })) });
        },
        () => undefined,
      );
    ask();
    const timer = isActive(state) ? setInterval(ask, EVERY_MS) : undefined;
    return () => {
      here = false;
      clearInterval(timer);
    };
  }, [store, host, id, state, given]);
  return null;
}
