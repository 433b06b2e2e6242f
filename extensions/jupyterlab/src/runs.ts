/** Follows runs: one for the overlay of a document, all of them for the status bar and the side panel. */

import { call } from './calls';

export interface Run {
  run_id: string;
  flow_name: string;
  status: string;
  started_unix_nano: number;
  exit_reason: string;
  rows_in: number;
  rows_out: number;
  rows_rejected: number;
}

interface NodeMetrics {
  node: string;
  rows_in: number | null;
  rows_out: number | null;
  rows_per_s: number;
  errors: number;
  lag_ms: number | null;
  last_error: string;
}

const ENDED = ['succeeded', 'failed', 'stopped', 'cancelled'];
const TICK_MS = 1000;
const KEPT = 60;

export const isGoingOn = (run: Run): boolean => !ENDED.includes(run.status);

export const latest = async (limit = 20): Promise<Run[]> => (await call<{ runs: Run[] }>('runs', { limit })).runs;

/** Tell how a run stands, every second until it has ended or `over` says so. */
export async function follow(runId: string, told: (overlay: object, run: Run) => void, over: () => boolean): Promise<void> {
  const history: Record<string, number[]> = {};
  while (!over()) {
    const [{ runs }, { now }] = await Promise.all([
      call<{ runs: Run[] }>('runs', { run_id: runId }),
      call<{ now: { nodes: NodeMetrics[] } | null }>('flow_metrics', { run_id: runId })
    ]);
    const run = runs[0];
    const nodes: Record<string, object> = {};
    for (const one of now?.nodes ?? []) {
      const rates = (history[one.node] = [...(history[one.node] ?? []), one.rows_per_s].slice(-KEPT));
      nodes[one.node] = {
        state: one.errors ? 'error' : run.status,
        rows_in: one.rows_in ?? undefined,
        rows_out: one.rows_out ?? undefined,
        rows_per_s: one.rows_per_s,
        errors: one.errors,
        lag_ms: one.lag_ms,
        last_error: one.last_error,
        history: rates
      };
    }
    told({ run: { id: runId, state: run.status, reason: run.exit_reason }, nodes }, run);
    if (!isGoingOn(run)) return;
    await new Promise(resolve => setTimeout(resolve, TICK_MS));
  }
}
