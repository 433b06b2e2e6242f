"""A long run: memory of the run's process and of its owner has to stay level once the flow is warm.

Usage: python benchmarks/flow_soak.py [MINUTES] [ROWS_PER_S]    (30 minutes at 5,000 rows/s unless said)

The flow is a real one in a workspace on disk: simulated logs, a filter, windows that forget, rows and counts stored.
Ends with 1 when the mean of the last quarter is more than 10 % above that of the quarter after the warm-up.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from workbench.engine.limits import memory_mb
from workbench.engine.supervisor import Supervisor
from workbench.facts.run import RunStatus
from workbench.flow.graph import Flow
from workbench.store import telemetry
from workbench.store.db import Store

ALLOWED = 0.10
FLOW = {
    "name": "soak",
    "nodes": [
        {"id": "make", "kind": "sources.simulator", "settings": {"rate_per_s": 5000}},
        {"id": "some", "kind": "tables.filter", "settings": {"condition": "severity_number >= 9"}},
        {
            "id": "window",
            "kind": "windows.tumbling",
            "settings": {"size_s": 10, "by": ["service_name"], "emit": "once", "delay_s": 5},
        },
        {
            "id": "metric",
            "kind": "tables.select",
            "settings": {
                "columns": {
                    "time_unix_nano": "window_start",
                    "metric_name": '"lines"',
                    "service_name": "service_name",
                    "value": "to_number(count)",
                }
            },
        },
        {"id": "counts", "kind": "sinks.workspace_table", "settings": {"table": "metrics"}},
        {"id": "errors", "kind": "tables.filter", "settings": {"condition": "severity_number >= 17"}},
        {"id": "keep", "kind": "sinks.workspace_table", "settings": {"table": "logs"}},
    ],
    "edges": [
        {"source": "make", "target": "some"},
        {"source": "some", "target": "window"},
        {"source": "window", "target": "metric"},
        {"source": "metric", "target": "counts"},
        {"source": "some", "target": "errors"},
        {"source": "errors", "target": "keep"},
    ],
}


def main(minutes: float, rate: float) -> int:
    flow = Flow.model_validate(FLOW).with_settings({"make": {"rate_per_s": rate}})
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="soak"))
        store = stack.enter_context(Store.open(Path(folder)))
        supervisor = Supervisor(store, folder=Path(folder))
        stack.callback(supervisor.close)
        run = supervisor.run(flow, wait=False)
        samples: list[tuple[float, float]] = []
        begin = time.monotonic()
        while time.monotonic() - begin < minutes * 60:
            time.sleep(min(1.0, minutes))
            pid = supervisor.process_id(run.run_id)
            if supervisor.wait(run.run_id, 0).status not in (RunStatus.STARTING, RunStatus.RUNNING) or pid is None:
                break
            samples.append((memory_mb(pid), memory_mb(os.getpid())))
        ended = supervisor.stop(run.run_id)
        if ended.status is RunStatus.FAILED:
            print(ended.exit_reason)
            return 1
        nodes = {one.node: one for one in supervisor.metrics(run.run_id)[-1].nodes}
        print(f"{ended.status}, {ended.exit_reason}: {ended.rows_in:,} rows in, {ended.rows_in / minutes / 60:,.0f}/s")
        print(f"stored {telemetry.count(store, run.run_id)}; waiting at the source {nodes['make'].waiting}")
    if ended.status is not RunStatus.STOPPED:
        return 1
    worst = 0.0
    for place, name in enumerate(("run", "owner")):
        quarter = max(1, len(samples) // 4)
        found = [sample[place] for sample in samples]
        warm, last = statistics.mean(found[quarter : 2 * quarter]), statistics.mean(found[-quarter:])
        worst = max(worst, last / warm - 1)
        print(f"{name:5} {warm:6.0f} MB after the warm-up, {last:6.0f} MB at the end ({last / warm - 1:+.1%})")
    print("level" if worst <= ALLOWED else f"NOT level: more than {ALLOWED:.0%}")
    return int(worst > ALLOWED)


if __name__ == "__main__":
    numbers = [float(text) for text in sys.argv[1:]] + [30, 5000][len(sys.argv) - 1 :]
    sys.exit(main(*numbers))
