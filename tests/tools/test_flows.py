"""The verbs about flows, called as every face calls them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import workbench.tools.flows
from workbench.core import Workbench, open_workbench
from workbench.errors import BadInput, NotFound
from workbench.facts.run import RunStatus
from workbench.flow.graph import Flow
from workbench.flow.library import SAMPLES, available
from workbench.settings import Settings
from workbench.store import runs, telemetry
from workbench.store.db import Store
from workbench.tools.flow_runs import FlowRun
from workbench.tools.flow_schemas import FlowSchemas
from workbench.tools.flows import FlowCheck

pytestmark = pytest.mark.slow

COLUMNS = {"time_unix_nano": "integer", "body": "text"}

SMALL: dict[str, Any] = {
    "name": "small",
    "description": "Two lines.",
    "nodes": [
        {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "a.jsonl", "columns": COLUMNS}},
        {"id": "keep", "kind": "sinks.workspace_table", "settings": {"table": "logs"}},
    ],
    "edges": [{"source": "read", "target": "keep"}],
}
ASK = """
import sys
from workbench import open_workbench
folder = sys.argv[1]
open_workbench(folder).call("flow_run", flow=folder + "/small.flow.json", set_=["read.follow=true"])
"""


def wait_until(condition: Callable[[], bool], patience_s: float = 30.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def wb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "flows").mkdir()
    (folder / "a.jsonl").write_text('{"time_unix_nano": 1, "body": "x"}\n{"body": "y"}\n')
    (folder / "flows" / "small.flow.json").write_text(json.dumps(SMALL))
    with Workbench(Store.open(None), Settings(run_drain_s=5), folder) as workbench:
        yield workbench


def test_check_finds_faults_by_name_of_the_flow(wb: Workbench) -> None:
    good: FlowCheck = wb.call("flow_check", flow="small")
    bad: FlowCheck = wb.call("flow_check", flow="small", set_=["read.path=none.jsonl", "keep.table=spans"])

    assert (good.findings, good.exit_code, good.text()) == ([], 0, "small: 2 nodes, nothing to mend.")
    assert {(finding.node, finding.code) for finding in bad.findings} == {("read", "missing_file"), ("keep", "build")}
    assert bad.exit_code == 1
    assert "table 'spans' needs the column start_time_unix_nano" in bad.text()


def test_columns_are_told_before_a_run(wb: Workbench) -> None:
    found: FlowSchemas = wb.call("flow_schemas", flow="small", set_=['read.columns={"body": "json"}'])

    assert found.nodes["keep"].inputs["rows"][0][0].type == "json"
    assert [line.split() for line in found.text().splitlines()] == [
        ["NODE", "COLUMN", "TYPE"],
        ["read", "body", "json"],
        ["keep", "-", "(writes", "only)"],
    ]


def test_run_stores_rows_and_tells_how_far_it_is(wb: Workbench) -> None:
    told: list[str] = []

    found: FlowRun = wb.call("flow_run", flow="small", on_progress=lambda done, total, text: told.append(text))

    assert (found.run.status, found.stored, found.exit_code) == (RunStatus.SUCCEEDED, {"logs": 1}, 0)
    assert found.text().splitlines()[1] == "1 rows in, 1 out, 1 rejected"
    assert told[-1] == "small: 1 rows in, 1 out, 1 rejected"


def test_run_by_path_is_relative_to_the_file(wb: Workbench, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"time_unix_nano": 1, "body": "x"}\n' * 3)
    file = tmp_path / "mine.flow.json"
    assert wb.path is not None
    Flow.load(wb.path / "flows" / "small.flow.json").save(file)

    found: FlowRun = wb.call("flow_run", flow=str(file), scope="mine")

    assert (found.scope, found.stored) == ("mine", {"logs": 3})


def test_a_failed_run_says_so_to_scripts(wb: Workbench) -> None:
    found: FlowRun = wb.call("flow_run", flow="small", set_=["read.path=none.jsonl"])

    assert (found.exit_code, found.run.error_node) == (1, "read")
    assert "none.jsonl' is not there" in found.text()


def test_an_endless_run_goes_on_until_it_is_stopped(wb: Workbench) -> None:
    started: FlowRun = wb.call("flow_run", flow="small", set_=["read.follow=true"], wait=False)
    deadline = time.monotonic() + 20
    while not telemetry.count(wb.store, started.scope)["logs"] and time.monotonic() < deadline:
        time.sleep(0.02)

    stopped = wb.call("flow_stop", run_id=started.run.run_id)

    assert (stopped.status, stopped.exit_reason, stopped.rows_out) == (RunStatus.STOPPED, "stopped", 1)


def test_a_run_may_be_given_a_time(wb: Workbench) -> None:
    found: FlowRun = wb.call("flow_run", flow="small", set_=["read.follow=true"], seconds=0.6)

    assert found.run.exit_reason == "stopped"


def test_ctrl_c_stops_in_order(wb: Workbench) -> None:
    def press() -> None:
        deadline = time.monotonic() + 20
        while not any(run.status is RunStatus.RUNNING for run in runs.latest(wb.store)) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    # Whoever runs the tests in the background has Ctrl-C ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    finger = threading.Thread(target=press)
    finger.start()

    try:
        found: FlowRun = wb.call("flow_run", flow="small", set_=["read.follow=true"])
    finally:
        finger.join()
        signal.signal(signal.SIGINT, before)

    assert (found.run.status, found.run.exit_reason) == (RunStatus.STOPPED, "stopped")


def test_an_endless_run_outlived_the_process_that_asked_for_it(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"time_unix_nano": 1, "body": "x"}\n')
    (tmp_path / "small.flow.json").write_text(json.dumps(SMALL))
    with open_workbench(tmp_path) as owner:
        assert isinstance(owner, Workbench)
        with subprocess.Popen([sys.executable, "-c", ASK, str(tmp_path)]) as client:
            wait_until(lambda: any(run.rows_in for run in runs.latest(owner.store)))
            client.kill()
        wait_until(lambda: all(run.ended_unix_nano for run in runs.latest(owner.store)))

        assert [(run.status, run.exit_reason) for run in runs.latest(owner.store)] == [(RunStatus.STOPPED, "stopped")]


def test_nodes_are_listed_by_group(wb: Workbench) -> None:
    assert {one.group for one in wb.call("flow_nodes")} == {
        "sources",
        "tables",
        "windows",
        "text",
        "detectors",
        "sinks",
    }
    assert [one.kind for one in wb.call("flow_nodes", group="windows")] == [
        "windows.interval_join",
        "windows.session",
        "windows.sliding",
        "windows.tumbling",
        "windows.window_join",
    ]
    with pytest.raises(BadInput, match=r"no group 'window'\. Groups: detectors"):
        wb.call("flow_nodes", group="window")


def test_schema_of_one_and_of_all(wb: Workbench) -> None:
    one: dict[str, Any] = wb.call("flow_schema", kind="tables.filter")

    assert one["required"] == ["condition"]
    assert wb.call("flow_schema")["tables.filter"] == one


def test_script_is_python(wb: Workbench) -> None:
    text: str = wb.call("flow_script", flow="small", set_=["read.path=b.jsonl"])

    compile(text, "small.py", "exec")
    assert "path='b.jsonl'" in text


def test_a_flow_that_is_not_there_names_the_nearest(wb: Workbench) -> None:
    with pytest.raises(NotFound, match=r"no flow 'smal'\. Did you mean 'small'\?"):
        wb.call("flow_check", flow="smal")


@pytest.mark.parametrize("text", ["path=x", "read.path", ".path=x", "read.=x"])
def test_settings_that_cannot_be_read(wb: Workbench, text: str) -> None:
    with pytest.raises(BadInput, match=r"is not node\.field=value"):
        wb.call("flow_check", flow="small", set_=[text])


@pytest.mark.parametrize("name", sorted(available(None)))
def test_samples_fit(wb: Workbench, name: str) -> None:
    assert wb.path is not None
    (wb.path / "app.log").write_text("".join(f"2026-03-10 09:30:{n:02},1 INFO cart served {n}\n" for n in range(60)))

    found: FlowCheck = wb.call("flow_check", flow=name)

    # Files that a sample reads are the user's to name; all else has to fit.
    assert [one for one in found.findings if one.severity == "error" and one.code != "missing_file"] == []
    assert (SAMPLES / f"{name}.flow.json").exists()


def test_the_error_rate_of_a_log_file(wb: Workbench) -> None:
    """The sample, on a log whose errors come in one minute."""
    assert wb.path is not None
    lines = []
    for second in range(20 * 60):
        minute = second // 60
        level = "ERROR" if minute == 15 and second % 2 else "INFO"
        lines.append(
            f"2026-03-10 09:{minute:02}:{second % 60:02},123 {level} [worker-{second % 5}] request {second} done\n"
        )
    (wb.path / "app.log").write_text("".join(lines))

    found: FlowRun = wb.call("flow_run", flow="log-error-rate")

    assert found.stored == {"logs": 1200, "anomalies": 1}
    with wb.store.connection() as cursor:
        rows = cursor.execute("SELECT summary FROM anomalies WHERE scope = ?", [found.scope]).fetchall()
    assert rows == [("app: 30 of 60 rows within 60 s are errors (50.0%, usual 0.0%)",)]


def test_listing_tools_needs_no_pathway() -> None:
    code = "import sys, workbench.tools.flows; print([n for n in ('pathway', 'pandas', 'duckdb') if n in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert workbench.tools.flows.__doc__
    assert "pathway" not in done.stdout


def test_a_failed_run_said_everything_twice(wb: Workbench) -> None:
    lines = wb.call("flow_run", flow="small", set_=["read.path=none.jsonl"]).text().splitlines()

    assert "failed, failed" not in lines[0]
    assert [line.count("read") for line in lines[2:]] == [1]
    assert lines[2].startswith("  read.path: 'none.jsonl' is not there")


def test_stopping_a_run_that_has_just_ended_was_an_error(wb: Workbench) -> None:
    ended = wb.call("flow_run", flow="small").run

    assert wb.call("flow_stop", run_id=ended.run_id) == ended
    with pytest.raises(NotFound, match="no run 'run-0'"):
        wb.call("flow_stop", run_id="run-0")
