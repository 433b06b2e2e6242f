"""How soon a row is there: from its reading to the output at 5,000 rows/s, and from `flow run` to the first row.

Usage: python benchmarks/flow_latency.py [ROWS_PER_S] [SECONDS]

With the defaults of our sources. The latency is that of a row from `put` in the source to a callback behind a filter,
in one process; the start is that of a run in a workspace whose fork server is up, until the first row is stored.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of


def latency(rate: float, seconds: float) -> None:
    """Print percentiles of the latency in ms."""
    import pathway as pw

    class Steady(RowSource):
        def read(self) -> None:
            begin, made = time.monotonic(), 0
            while (passed := time.monotonic() - begin) < seconds:
                due = int(passed * rate)
                for number in range(made, due):
                    self.put((number, time.monotonic_ns()))
                made = due
                self.flush()
                time.sleep(0.01)

    rows = rows_of(Steady(Source("steady", threading.Event(), print)), {"number": int, "made": int})
    found: list[float] = []

    def on_change(key: object, row: dict[str, int], time: int, is_addition: bool) -> None:
        found.append((monotonic() - row["made"]) / 1e6)

    monotonic = time.monotonic_ns
    pw.io.subscribe(rows.filter(pw.this.number >= 0), on_change=on_change)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE, terminate_on_error=False)
    # The first second starts the engine.
    late = sorted(found[int(rate) :])
    print(" ".join(f"{late[min(int(len(late) * q), len(late) - 1)]:.0f}" for q in (0.5, 0.99, 1)))


def first_row(times: int) -> list[float]:
    """Return the seconds from `run` until a row is stored."""
    from workbench.engine.supervisor import Supervisor
    from workbench.flow.graph import Flow
    from workbench.store import telemetry
    from workbench.store.db import Store

    columns = {"time_unix_nano": "integer", "body": "text"}
    flow = {
        "name": "first",
        "nodes": [
            {
                "id": "read",
                "kind": "sources.jsonlines",
                "settings": {"path": "a.jsonl", "columns": columns, "follow": True},
            },
            {"id": "some", "kind": "tables.filter", "settings": {"condition": "time_unix_nano > 0"}},
            {"id": "keep", "kind": "sinks.workspace_table", "settings": {"table": "logs"}},
        ],
        "edges": [{"source": "read", "target": "some"}, {"source": "some", "target": "keep"}],
    }
    found = []
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        (Path(folder) / "a.jsonl").write_text('{"time_unix_nano": 1, "body": "x"}\n')
        supervisor = Supervisor(store, folder=Path(folder))
        for _ in range(times + 1):
            begin = time.monotonic()
            run = supervisor.run(Flow.model_validate(flow), wait=False)
            while not telemetry.count(store, run.run_id)["logs"]:
                time.sleep(0.002)
            found.append(time.monotonic() - begin)
            supervisor.stop(run.run_id)
        supervisor.close()
    return found[1:]


def main(rate: float, seconds: float) -> None:
    command = [sys.executable, "-W", "ignore", __file__, "latency", str(rate), str(seconds)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    p50, p99, most = said.split()
    print(f"row to output at {rate:,.0f} rows/s: p50 {p50} ms, p99 {p99} ms, most {most} ms")
    starts = first_row(10)
    print(
        f"run to first stored row, fork server up: median {statistics.median(starts):.2f} s, most {max(starts):.2f} s"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["latency"]:
        latency(float(sys.argv[2]), float(sys.argv[3]))
    else:
        numbers = [float(text) for text in sys.argv[1:]] + [5000, 10][len(sys.argv) - 1 :]
        main(numbers[0], numbers[1])
