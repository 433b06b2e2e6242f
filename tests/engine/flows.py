"""Small flows that tests of the engine run in real children."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from workbench.flow.graph import Flow

COLUMNS = {"time_unix_nano": "integer", "service_name": "text", "severity_number": "integer", "body": "text"}


def line(number: int) -> str:
    """Return one line of a log: one a second, services in turn."""
    row = {
        "time_unix_nano": number * 10**9,
        "service_name": f"service-{number % 7}",
        "severity_number": 9,
        "body": f"line {number}",
    }
    return json.dumps(row) + "\n"


def write_lines(folder: Path, first: int, end: int) -> None:
    """Append lines to `app.jsonl`."""
    with (folder / "app.jsonl").open("a") as file:
        file.writelines(line(number) for number in range(first, end))


def make_flow(*nodes: tuple[str, str, dict[str, Any]], **options: Any) -> Flow:
    """Return a flow whose nodes stand in one line."""
    names = [name for name, _, _ in nodes]
    return Flow.model_validate(
        {
            "name": "test",
            "nodes": [{"id": name, "kind": kind, "settings": settings} for name, kind, settings in nodes],
            "edges": [{"source": a, "target": b} for a, b in pairwise(names)],
            "run": options,
        }
    )


def to_logs(*, follow: bool = False, **options: Any) -> Flow:
    """Return a flow from `app.jsonl` into the table logs."""
    return make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS, "follow": follow}),
        ("keep", "sinks.workspace_table", {"table": "logs"}),
        **options,
    )


def logs_and_counts(**options: Any) -> Flow:
    """Return a flow from `app.jsonl` into the table logs, and counts per service and minute into metrics."""
    columns = {"time_unix_nano": "window_start", "metric_name": '"lines"', "value": "to_number(count)"}
    return Flow.model_validate(
        {
            "name": "test",
            "nodes": [
                {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "app.jsonl", "columns": COLUMNS}},
                {"id": "keep", "kind": "sinks.workspace_table", "settings": {"table": "logs"}},
                {"id": "window", "kind": "windows.tumbling", "settings": {"size_s": 3600, "by": "service_name"}},
                {"id": "metric", "kind": "tables.select", "settings": {"columns": columns}},
                {"id": "counts", "kind": "sinks.workspace_table", "settings": {"table": "metrics"}},
            ],
            "edges": [
                {"source": "read", "target": "keep"},
                {"source": "read", "target": "window"},
                {"source": "window", "target": "metric"},
                {"source": "metric", "target": "counts"},
            ],
            "run": options,
        }
    )


def wait_until(condition: Callable[[], bool], patience_s: float = 30.0) -> None:
    """Wait for what has to happen."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
