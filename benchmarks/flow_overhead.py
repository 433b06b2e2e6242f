"""What a flow costs more than the same program written by hand in Pathway: seconds for the same rows, side by side.

Usage: python benchmarks/flow_overhead.py [ROWS] [ROUNDS]

Both read the same lines with the same reader, filter, compute a column and count in windows, and write JSON lines; the
one is built from a flow as a run builds it, with figures of nodes and failed rows, the other calls Pathway itself.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

FLOW = {
    "name": "overhead",
    "nodes": [
        {
            "id": "read",
            "kind": "sources.jsonlines",
            "settings": {"path": "a.jsonl", "columns": {"time_unix_nano": "integer", "name": "text", "ms": "number"}},
        },
        {"id": "some", "kind": "tables.filter", "settings": {"condition": "ms >= 10"}},
        {
            "id": "more",
            "kind": "tables.select",
            "settings": {"columns": {"time_unix_nano": "time_unix_nano", "name": "name", "seconds": "ms / 1000"}},
        },
        {"id": "window", "kind": "tables.group", "settings": {"by": ["name"]}},
        {"id": "rows", "kind": "sinks.jsonlines", "settings": {"path": "rows.jsonl"}},
        {"id": "counts", "kind": "sinks.jsonlines", "settings": {"path": "counts.jsonl"}},
    ],
    "edges": [
        {"source": "read", "target": "some"},
        {"source": "some", "target": "more"},
        {"source": "more", "target": "window"},
        {"source": "more", "target": "rows"},
        {"source": "window", "target": "counts"},
    ],
}


def by_hand() -> None:
    """Build and run the program as one would write it."""
    import pathway as pw

    from node_catalog.sources.jsonlines import JsonlinesReader
    from workbench.flow.services import Source
    from workbench.flow.source import rows_of

    columns = {"time_unix_nano": "integer", "name": "text", "ms": "number"}
    reader = JsonlinesReader("a.jsonl", columns, False, False, Source("read", threading.Event(), print))
    rows = rows_of(reader, {"time_unix_nano": int, "name": str, "ms": float})
    some = rows.filter(pw.this.ms >= 10)
    more = some.select(pw.this.time_unix_nano, pw.this.name, seconds=pw.this.ms / 1000)
    pw.io.jsonlines.write(more, "rows.jsonl")
    counts = more.groupby(pw.this.name).reduce(pw.this.name, count=pw.reducers.count())
    pw.io.jsonlines.write(counts, "counts.jsonl")
    measure(pw.MonitoringLevel.NONE)


def by_flow(how: str) -> None:
    """Build and run the flow as the child of a run does."""

    from workbench.engine.build import build
    from workbench.engine.failures import Failures
    from workbench.engine.faults import watch
    from workbench.engine.meter import Meter
    from workbench.engine.replay import Replay
    from workbench.flow.catalog import load_catalog
    from workbench.flow.graph import Flow
    from workbench.flow.services import Source

    class Nowhere:
        def send(self, event: object, blob: bytes = b"") -> None:
            return

    failures = Failures(Nowhere())
    meter = Meter(Nowhere().send, failures)
    services = {"source": lambda node: Source(node, threading.Event(), print, lambda one: meter.opened(node, one))}
    flow = Flow.model_validate(FLOW)
    built = build(flow, load_catalog(), services, metered=True)
    assert not built.findings, built.findings
    watch(built, failures, Replay(), keep_rows=how == "flow-and-rows")
    inputs = {node: [name for several in flow.wires(node).values() for name in several] for node in built.tables}
    measure(meter.start(inputs, built.tables))
    meter.finish()


def measure(level: object) -> None:
    import pathway as pw

    from workbench.engine.worker import calm_collector

    calm_collector()
    wall, cpu = time.monotonic(), time.process_time()
    pw.run(monitoring_level=level, terminate_on_error=False)
    print("took", time.monotonic() - wall, time.process_time() - cpu)


def main(rows: int, rounds: int) -> None:
    found: dict[str, list[tuple[float, float]]] = {"by-hand": [], "flow": [], "flow-and-rows": []}
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "a.jsonl").open("w") as file:
            for n in range(rows):
                file.write(json.dumps({"time_unix_nano": n * 10**6, "name": f"n{n % 20}", "ms": float(n % 100)}) + "\n")
        for number in range(rounds):
            names = list(found)
            for how in names[number % 3 :] + names[: number % 3]:
                command = [sys.executable, "-W", "ignore", os.path.abspath(__file__), how]
                said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder).stdout
                wall, cpu = said.split("took")[-1].split()
                found[how].append((float(wall), float(cpu)))
    hand = [statistics.median(one[place] for one in found["by-hand"]) for place in (0, 1)]
    for how, several in found.items():
        wall, cpu = (statistics.median(one[place] for one in several) for place in (0, 1))
        print(f"{how:14} {wall:5.2f} s ({wall / hand[0] - 1:+.1%}), processor {cpu:5.2f} s ({cpu / hand[1] - 1:+.1%})")


if __name__ == "__main__":
    if sys.argv[1:2] == ["by-hand"]:
        by_hand()
    elif sys.argv[1:2] and not sys.argv[1].isdigit():
        by_flow(sys.argv[1])
    else:
        counts = [int(text) for text in sys.argv[1:]] + [300_000, 3][len(sys.argv) - 1 :]
        main(counts[0], counts[1])
