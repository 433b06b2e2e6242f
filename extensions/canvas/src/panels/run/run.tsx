/** The run: begin, stop, and what each node does. The host carries it out. */

import type { NodeOverlay, Overlay } from "../../types";
import { isActive } from "./overlay";
import { Spark } from "./spark";

interface Props {
  overlay: Overlay;
  errors: number;
  /** The selected node, if it is one. */
  selected: string;
  command: (name: string, args?: Record<string, unknown>) => void;
  select: (node: string) => void;
}

const COUNTS = new Set(["Rows in", "Rows out", "Rows/s", "Behind", "Failed"]);

export function RunView({ overlay, errors, selected, command, select }: Props) {
  const { run } = overlay;
  const active = run !== undefined && isActive(run.state);
  const nodes = Object.entries(overlay.nodes ?? {});
  return (
    <div className="cw-run">
      <div className="cw-preview-bar" role="toolbar" aria-label="Run">
        <button type="button" className="cw-push is-main" disabled={active || errors > 0} title={errors > 0 ? "Mend the errors first" : "Run the flow"} onClick={() => command("run")}>
          Run
        </button>
        <button type="button" className="cw-push" disabled={!active || run.state === "stopping"} title="Finish what was read, then end" onClick={() => command("stop", { run_id: run?.id })}>
          Stop
        </button>
        <button type="button" className="cw-push" disabled={!active} title="End at once; rows that are under way are lost" onClick={() => command("stop", { run_id: run?.id, now: true })}>
          Stop now
        </button>
        {selected && (
          <button type="button" className="cw-push" disabled={active || errors > 0} title={`Run, with the rows of ${selected} to look at`} onClick={() => command("run", { tap: [selected] })}>
            Run and watch {selected}
          </button>
        )}
        <span role="status" className={run?.state === "failed" ? "is-bad" : undefined}>
          {run ? `${run.id ?? "Run"}: ${run.state}${run.reason && run.reason !== run.state ? `, ${run.reason}` : ""}` : errors > 0 ? `${errors} ${errors === 1 ? "error keeps" : "errors keep"} it from running.` : "Not running."}
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
