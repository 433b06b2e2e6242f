/** The run: begin, stop, and what each node does. The host carries it out. */

import type { NodeOverlay, Overlay } from "../../types";
import { isActive } from "./overlay";
import { Spark } from "./spark";

interface Props {
  overlay: Overlay;
  /** Why the flow cannot be run now; empty when it can. */
  why: string;
  errors: number;
  /** The selected node, if it is one, and why the flow cannot be run up to it or from it. */
  selected: { id: string; whyNotUpTo: string; whyNotFrom: string } | null;
  run: () => void;
  runAndWatch: (id: string) => void;
  runUpTo: (id: string) => void;
  runFrom: (id: string) => void;
  stop: (now: boolean) => void;
  select: (node: string) => void;
}

const COUNTS = new Set(["Rows in", "Rows out", "Rows/s", "Behind", "Failed"]);

export function RunView({ overlay, why, errors, selected, stop, select, ...begin }: Props) {
  const { run } = overlay;
  const active = run !== undefined && isActive(run.state);
  const nodes = Object.entries(overlay.nodes ?? {});
  return (
    <div className="cw-run">
      <div className="cw-preview-bar" role="toolbar" aria-label="Run">
        <button type="button" className="cw-push is-main" disabled={why !== ""} title={why || "Run the flow (Ctrl+Enter)"} onClick={begin.run}>
          Run
        </button>
        <button type="button" className="cw-push" disabled={!active || run.state === "stopping"} title="Finish what was read, then end" onClick={() => stop(false)}>
          Stop
        </button>
        <button type="button" className="cw-push" disabled={!active} title="End at once; rows that are under way are lost" onClick={() => stop(true)}>
          Stop now
        </button>
        {selected && (
          <>
            <button type="button" className="cw-push" disabled={why !== ""} title={why || `Run the flow, with rows of ${selected.id} to look at`} onClick={() => begin.runAndWatch(selected.id)}>
              Run and watch {selected.id}
            </button>
            <button type="button" className="cw-push" disabled={selected.whyNotUpTo !== ""} title={selected.whyNotUpTo || "Run this node and what it reads from, with some of its rows to look at (Alt+Enter)"} onClick={() => begin.runUpTo(selected.id)}>
              Run up to here
            </button>
            <button type="button" className="cw-push" disabled={selected.whyNotFrom !== ""} title={selected.whyNotFrom || "Run what reads from it, on its pinned rows or its first thousand (Alt+Shift+Enter)"} onClick={() => begin.runFrom(selected.id)}>
              Run from here
            </button>
          </>
        )}
        <span role="status" className={run?.state === "failed" ? "is-bad" : undefined}>
          {run ? told(run) : errors > 0 ? `${errors} ${errors === 1 ? "error keeps" : "errors keep"} it from running.` : "Not running."}
        </span>
      </div>
      {nodes.length > 0 && (
        <table className="cw-figures">
          <thead>
            <tr>
              {["Node", "State", "Rows in", "Rows out", "Rows/s", "Behind", "Failed", "Last failure"].map((title) => (
                <th key={title} scope="col" className={COUNTS.has(title) ? "is-number" : undefined}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.map(([id, node]) => (
              <Figures key={id} id={id} node={node} select={select} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

/** How it stands; the reason begins with the state when the run failed, which is said once. */
function told({ id = "Run", state, reason = "", part }: NonNullable<Overlay["run"]>): string {
  const why = reason === state ? "" : reason.replace(new RegExp(`^${state}: `), "");
  return `${id}${part ? `, ${part}` : ""}: ${state}${why ? `, ${why}` : ""}`;
}

const count = (value: number | null | undefined): string => (value == null ? "–" : value.toLocaleString("en"));

function Figures({ id, node, select }: { id: string; node: NodeOverlay; select: (node: string) => void }) {
  return (
    <tr>
      <th scope="row">
        <button type="button" className="cw-link" onClick={() => select(id)}>
          {id}
        </button>
      </th>
      <td className={node.state === "error" || node.state === "failed" ? "is-bad" : undefined}>{node.state ?? "–"}</td>
      <td className="is-number">{count(node.rows_in)}</td>
      <td className="is-number">{count(node.rows_out)}</td>
      <td className="is-number">
        {node.history && <Spark values={node.history} />} {node.rows_per_s === undefined ? "–" : node.rows_per_s < 10 ? node.rows_per_s.toFixed(1) : count(Math.round(node.rows_per_s))}
      </td>
      <td className="is-number">{node.lag_ms == null ? "–" : node.lag_ms < 1000 ? `${node.lag_ms} ms` : `${(node.lag_ms / 1000).toFixed(1)} s`}</td>
      <td className={`is-number ${node.errors ? "is-bad" : ""}`}>{count(node.errors)}</td>
      <td className="cw-figures-error" title={node.last_error}>
        {node.last_error ?? ""}
      </td>
    </tr>
  );
}
