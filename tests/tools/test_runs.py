"""The verbs about runs: how long flows ran, what their processes wrote, options given by hand."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.core import Workbench
from workbench.errors import BadInput, NotFound
from workbench.facts.run import Run, RunStatus
from workbench.settings import Settings
from workbench.store import runs, telemetry
from workbench.store.db import Store
from workbench.tools.flow_runs import FlowRun

COLUMNS = {"time_unix_nano": "integer", "body": "text"}
FLOW: dict[str, Any] = {
    "name": "small",
    "nodes": [
        {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "a.jsonl", "columns": COLUMNS}},
        {"id": "keep", "kind": "sinks.workspace_table", "settings": {"table": "logs"}},
    ],
    "edges": [{"source": "read", "target": "keep"}],
}


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    (tmp_path / "flows").mkdir()
    (tmp_path / "a.jsonl").write_text('{"time_unix_nano": 1, "body": "x"}\n')
    (tmp_path / "flows" / "small.flow.json").write_text(json.dumps(FLOW))
    with Workbench(Store.open(None), Settings(run_drain_s=5), tmp_path) as workbench:
        yield workbench


def test_run_times_of_a_flow_add_up(wb: Workbench) -> None:
    second = 10**9
    for number, (status, seconds) in enumerate([(RunStatus.SUCCEEDED, 3600), (RunStatus.FAILED, 65)]):
        run = Run(run_id=f"run-{number}", flow_name="watch", status=status, started_unix_nano=second)
        runs.create(wb.store, run.model_copy(update={"ended_unix_nano": second * (1 + seconds)}))
    runs.create(wb.store, Run(run_id="run-9", flow_name="other", started_unix_nano=time.time_ns()))

    found = wb.call("flow_times")

    assert found.text().splitlines()[:2] == [
        "FLOW   RUNS  ACTIVE  FAILED   RUN TIME",
        "watch     2       0       1  1 h 1 min",
    ]
    assert [(one.flow_name, one.active) for one in found] == [("watch", 0), ("other", 1)]
    assert [one.run_id for one in wb.call("runs", flow="other").runs] == ["run-9"]


def test_a_log_shows_its_end_and_steers_no_terminal(wb: Workbench) -> None:
    runs.create(wb.store, Run(run_id="run-1", flow_name="watch", started_unix_nano=0))
    assert wb.path is not None
    (wb.path / "runs").mkdir()
    (wb.path / "runs" / "run-1.log").write_text("one\n\ntwo\nthree \x1b[31m\n")

    assert wb.call("run_log", run_id="run-1", lines=2).text() == "two\nthree \\x1b[31m"
    with pytest.raises(NotFound, match="no run 'run-2'"):
        wb.call("run_log", run_id="run-2")


@pytest.mark.slow
def test_options_of_the_flow_and_those_that_are_given(wb: Workbench) -> None:
    assert wb.path is not None
    (wb.path / "flows" / "small.flow.json").write_text(json.dumps(FLOW | {"run": {"resume": True}}))

    first: FlowRun = wb.call("flow_run", flow="small")
    second: FlowRun = wb.call("flow_run", flow="small")
    third: FlowRun = wb.call("flow_run", flow="small", resume=False)

    assert second.text().splitlines()[-1] == f"went on from {first.run.run_id}: nothing was new"
    assert (second.scope, second.stored) == (first.scope, {"logs": 1})
    assert (third.run.resumed_from, third.stored) == ("", {"logs": 1})
    assert third.scope != first.scope
    with pytest.raises(BadInput, match="memory_mb = 3"):
        wb.call("flow_run", flow="small", memory_mb=3)


@pytest.mark.slow
def test_a_run_is_killed_at_once_when_that_is_wanted(wb: Workbench) -> None:
    started: FlowRun = wb.call("flow_run", flow="small", set_=["read.follow=true"], wait=False)
    while not telemetry.count(wb.store, started.scope)["logs"]:
        time.sleep(0.02)

    stopped = wb.call("flow_stop", run_id=started.run.run_id, now=True)

    assert (stopped.status, stopped.exit_reason) == (RunStatus.CANCELLED, "killed")
