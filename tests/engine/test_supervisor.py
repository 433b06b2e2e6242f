"""Runs of flows in real children."""

from __future__ import annotations

import json
from pathlib import Path

from workbench.engine.supervisor import Supervisor
from workbench.facts.incident import RunStatus
from workbench.flow.graph import Flow
from workbench.store import telemetry
from workbench.store.db import Store

LINES = [
    {"time_unix_nano": 10**9 * second, "service_name": service, "severity_number": level, "body": f"line {second}"}
    for second, service, level in [(1, "cart", 17), (2, "cart", 9), (3, "pay", 21), (4, "cart", 17)]
]
COLUMNS = {"time_unix_nano": "integer", "service_name": "text", "severity_number": "integer", "body": "text"}


def write_lines(folder: Path, name: str = "app.jsonl", extra: str = "") -> None:
    (folder / name).write_text("".join(json.dumps(line) + "\n" for line in LINES) + extra)


def errors_to_logs(follow: bool = False) -> Flow:
    return Flow.model_validate(
        {
            "name": "errors",
            "nodes": [
                {
                    "id": "read",
                    "kind": "sources.jsonlines",
                    "settings": {"path": "app.jsonl", "columns": COLUMNS, "follow": follow},
                },
                {"id": "bad", "kind": "tables.filter", "settings": {"condition": "severity_number >= 17"}},
                {"id": "keep", "kind": "sinks.workspace_table", "settings": {"table": "logs"}},
            ],
            "edges": [{"source": "read", "target": "bad"}, {"source": "bad", "target": "keep"}],
        }
    )


def test_rows_of_a_flow_arrive_in_the_workspace(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)

    run = supervisor.run(errors_to_logs(), folder=tmp_path)

    assert (run.status, run.exit_reason, run.rows_in, run.rows_out, run.rows_rejected) == (
        RunStatus.SUCCEEDED,
        "done",
        4,
        3,
        0,
    )
    logs = telemetry.read(store, scope=run.run_id).logs
    assert sorted(logs["body"]) == ["line 1", "line 3", "line 4"]
