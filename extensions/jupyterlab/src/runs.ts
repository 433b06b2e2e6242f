/** Follows runs: one for the overlay of a document, all of them for the status bar and the side panel. */

import { call } from './calls';

export interface Run {
  run_id: string;
  flow_name: string;
  status: string;
  started_unix_nano: number;
  exit_reason: string;
  /** Which part of the flow ran; empty for all of it. */
  part: string;
  rows_in: number;
  rows_out: number;
  rows_rejected: number;
}

const ENDED = ['succeeded', 'failed', 'stopped', 'cancelled'];
const TICK_MS = 1000;

export const isGoingOn = (run: Run): boolean => !ENDED.includes(run.status);

export const latest = async (limit = 20): Promise<Run[]> => (await call<{ runs: Run[] }>('runs', { limit })).runs;

/** Tell how a run stands, every second until it has ended or `over` says so; the canvas asks for its figures itself. */
export async function follow(runId: string, told: (overlay: object, run: Run) => void, over: () => boolean): Promise<void> {
  while (!over()) {
    const run = (await call<{ runs: Run[] }>('runs', { run_id: runId })).runs[0];
    told({ run: { id: runId, state: run.status, reason: run.exit_reason, part: run.part } }, run);
    if (!isGoingOn(run)) return;
    await new Promise(resolve => setTimeout(resolve, TICK_MS));
  }
}
