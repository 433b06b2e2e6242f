"""The verb that tells what the nodes of a run do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.test_runs import FLOW
from workbench.core import Workbench
from workbench.errors import NotFound
from workbench.facts.metrics import FlowMetrics, NodeMetrics
from workbench.settings import Settings
from workbench.store.db import Store
from workbench.tools.metrics import RunMetrics


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    (tmp_path / "a.jsonl").write_text('{"time_unix_nano": 1, "body": "x"}\nno JSON\n')
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "small.flow.json").write_text(json.dumps(FLOW))
    with Workbench(Store.open(None), Settings(run_drain_s=5), tmp_path) as workbench:
        yield workbench


def test_figures_as_a_table() -> None:
    nodes = [
        NodeMetrics(node="read", rows_out=2_000, rows_per_s=99.6, lag_ms=12, waiting=256, position="a.log: 80"),
        NodeMetrics(node="keep", rows_in=1_999, errors=1, last_error="no\nroom"),
    ]

    text = RunMetrics(run_id="run-1", now=FlowMetrics(run_id="run-1", taken_unix_nano=10**9, nodes=nodes)).text()

    assert text.splitlines() == [
        "run-1 at 1970-01-01T00:00:01Z",
        "NODE     IN    OUT  ROWS/S  LAG MS  WAITING  POSITION   ERRORS  LAST ERROR",
        "read      -  2,000     100      12      256  a.log: 80       0  -",
        "keep  1,999      -       0       -        0  -               1  no room",
    ]
    assert RunMetrics(run_id="run-1", now=None).text() == "run-1: nothing was measured yet."


@pytest.mark.slow
def test_figures_of_a_run_are_there_after_its_end(wb: Workbench) -> None:
    run = wb.call("flow_run", flow="small").run

    found: RunMetrics = wb.call("flow_metrics", run_id=run.run_id, history=True)

    assert found.now is not None
    assert [(one.node, one.rows_in, one.rows_out, one.errors) for one in found.now.nodes] == [
        ("read", None, 1, 1),
        ("keep", 1, 1, 0),
    ]
    with pytest.raises(NotFound, match="no run 'run-0'"):
        wb.call("flow_metrics", run_id="run-0")
