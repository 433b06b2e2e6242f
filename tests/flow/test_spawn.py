"""An exported script on several workers of Pathway: every row once, whatever the number of processes and threads."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import free_ports
from workbench.flow.graph import Flow
from workbench.flow.script import to_script

pytestmark = pytest.mark.slow

LINES = 7000
COLUMNS = {"time_unix_nano": "integer", "service_name": "text", "severity_number": "integer"}
FLOW = {
    "name": "spread",
    "nodes": [
        {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "a.jsonl", "columns": COLUMNS}},
        {"id": "some", "kind": "tables.filter", "settings": {"condition": "time_unix_nano >= 1000000000"}},
        {"id": "group", "kind": "tables.group", "settings": {"by": ["service_name"]}},
        {"id": "rate", "kind": "detectors.error_rate", "settings": {"threshold": 0}},
        {"id": "rows", "kind": "sinks.jsonlines", "settings": {"path": "rows.jsonl"}},
        {"id": "counts", "kind": "sinks.sqlite", "settings": {"path": "a.db", "table": "n", "key": ["service_name"]}},
        {"id": "rates", "kind": "sinks.jsonlines", "settings": {"path": "rates.jsonl"}},
    ],
    "edges": [
        {"source": "read", "target": "some"},
        {"source": "some", "target": "rows"},
        {"source": "some", "target": "group"},
        {"source": "group", "target": "counts"},
        {"source": "some", "target": "rate"},
        {"source": "rate", "target": "rates"},
    ],
}


@pytest.mark.parametrize(
    ("processes", "threads"),
    [pytest.param(2, 1, id="two-processes"), pytest.param(2, 2, id="two-processes-of-two-threads")],
)
def test_every_row_comes_out_once(tmp_path: Path, processes: int, threads: int) -> None:
    row = {"severity_number": 9}
    lines = [row | {"time_unix_nano": n * 10**8, "service_name": f"s{n % 7}"} for n in range(LINES)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "flow.py").write_text(to_script(Flow.model_validate(FLOW)))
    pathway = Path(sys.executable).with_name("pathway")
    command = [pathway, "spawn", "-n", str(processes), "-t", str(threads), "--first-port", str(free_ports(processes))]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    subprocess.run(
        [*command, sys.executable, "flow.py"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        timeout=300,
    )

    written = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert sorted(one["time_unix_nano"] for one in written) == [n * 10**8 for n in range(10, LINES)]
    with sqlite3.connect(tmp_path / "a.db") as database:
        counts = database.execute("SELECT service_name, count FROM n ORDER BY service_name").fetchall()
    assert counts == [(f"s{k}", len([n for n in range(10, LINES) if n % 7 == k])) for k in range(7)]
    # Seven services in each bucket of ten seconds.
    assert len((tmp_path / "rates.jsonl").read_text().splitlines()) == LINES // 100 * 7
