"""Runs of flows in real children."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from workbench.engine.events import Counts, Event
from workbench.engine.forkserver import Forkserver
from workbench.engine.supervisor import Supervisor
from workbench.errors import NotFound
from workbench.facts.run import Run, RunStatus
from workbench.flow.graph import Flow
from workbench.store import rejected, runs, sources, telemetry
from workbench.store.db import Store

LINES = [
    {"time_unix_nano": 10**9 * second, "service_name": service, "severity_number": level, "body": f"line {second}"}
    for second, service, level in [(1, "cart", 17), (2, "cart", 9), (3, "pay", 21), (4, "cart", 17)]
]
COLUMNS = {"time_unix_nano": "integer", "service_name": "text", "severity_number": "integer", "body": "text"}


def write_lines(folder: Path, extra: str = "") -> None:
    (folder / "app.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES) + extra)


def make_flow(*nodes: tuple[str, str, dict[str, Any]]) -> Flow:
    """Return a flow whose nodes stand in one line."""
    names = [name for name, _, _ in nodes]
    return Flow.model_validate(
        {
            "name": "test",
            "nodes": [{"id": name, "kind": kind, "settings": settings} for name, kind, settings in nodes],
            "edges": [{"source": a, "target": b} for a, b in pairwise(names)],
        }
    )


def errors_to_logs(*, follow: bool = False) -> Flow:
    return make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS, "follow": follow}),
        ("bad", "tables.filter", {"condition": "severity_number >= 17"}),
        ("keep", "sinks.workspace_table", {"table": "logs"}),
    )


def wait_until(condition: Callable[[], bool], patience_s: float = 20.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def follow_until_stored(supervisor: Supervisor, folder: Path, store: Store, rows: int = 3) -> str:
    """Start a run that never ends by itself and return its id once rows of it are stored."""
    run_id = supervisor.run(errors_to_logs(follow=True), folder=folder, wait=False).run_id
    wait_until(lambda: telemetry.count(store, run_id)["logs"] >= rows)
    return run_id


def test_rows_of_a_flow_arrive_in_the_workspace(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)

    run = supervisor.run(errors_to_logs(), folder=tmp_path)

    found = (run.status, run.exit_reason, run.rows_in, run.rows_out, run.rows_rejected)
    assert found == (RunStatus.SUCCEEDED, "done", 4, 3, 0)
    logs = telemetry.read(store, scope=run.run_id).logs
    assert sorted(logs["body"]) == ["line 1", "line 3", "line 4"]
    (source,) = sources.latest(store, scope=run.run_id)
    assert (source.uri, source.rows, source.finished) == ("test/keep", {"logs": 3}, True)


def test_bad_lines_are_counted_and_kept_with_their_node(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path, extra='not json\n{"time_unix_nano": "x"}\n')

    run = supervisor.run(errors_to_logs(), folder=tmp_path)

    assert (run.exit_reason, run.rows_in, run.rows_rejected) == ("done", 4, 2)
    read = next(source for source in sources.latest(store, scope=run.run_id) if source.uri == "test/read")
    assert read.rejected == 2
    kept = rejected.latest(store, source_id=read.source_id)
    assert [(row.line, row.raw) for row in kept] == [(5, "not json"), (6, '{"time_unix_nano": "x"}')]
    assert kept[1].reason == "field 'time_unix_nano': 'x' is not a whole number of 64 bits"


def test_a_flow_that_does_not_fit_fails_with_node_and_hint(
    supervisor: Supervisor, store: Store, tmp_path: Path
) -> None:
    write_lines(tmp_path)
    flow = errors_to_logs().with_settings({"bad": {"condition": "severity >= 17"}})

    run = supervisor.run(flow, folder=tmp_path)

    assert (run.status, run.error_node) == (RunStatus.FAILED, "bad")
    assert run.exit_reason.startswith("failed: there is no column 'severity'")
    assert [error.node for error in runs.errors(store, run.run_id)] == ["bad"]


def test_stop_drains_what_was_read(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)
    run_id = follow_until_stored(supervisor, tmp_path, store)
    assert supervisor.active() == [run_id]
    with (tmp_path / "app.jsonl").open("a") as file:
        file.writelines(json.dumps(LINES[0] | {"body": f"late {n}"}) + "\n" for n in range(500))

    run = supervisor.stop(run_id)

    assert (run.status, run.exit_reason, run.rows_in, run.rows_out) == (RunStatus.STOPPED, "stopped", 504, 503)
    assert telemetry.count(store, run_id)["logs"] == 503
    assert supervisor.active() == []


def test_a_run_that_does_not_drain_is_ended_by_signals(store: Store, tmp_path: Path) -> None:
    (tmp_path / "stuck.py").write_text("import time\ndef wait(body):\n    time.sleep(600)\n    return body\n")
    write_lines(tmp_path)
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS}),
        (
            "wait",
            "tables.python_function",
            {"file": "stuck.py", "function": "wait", "arguments": ["body"], "output": "x"},
        ),
        ("keep", "sinks.jsonlines", {"path": "out.jsonl"}),
    )
    impatient = Supervisor(store, drain_s=0.1, term_s=0.3)
    try:
        run_id = impatient.run(flow, folder=tmp_path, wait=False).run_id
        wait_until(lambda: runs.get(store, run_id).status is RunStatus.RUNNING)

        run = impatient.stop(run_id)
    finally:
        impatient.close()

    assert run.status is RunStatus.CANCELLED
    assert run.exit_reason in {"killed", "stopped without draining"}


def test_a_killed_child_fails_its_run_and_nothing_else(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)
    run_id = follow_until_stored(supervisor, tmp_path, store)
    pid = supervisor.process_id(run_id)
    assert pid is not None

    os.kill(pid, signal.SIGKILL)
    run = supervisor.wait(run_id, 20)

    assert (run.status, run.exit_reason) == (RunStatus.FAILED, "killed")
    assert telemetry.count(store, run_id)["logs"] == 3
    assert supervisor.run(errors_to_logs(), folder=tmp_path).exit_reason == "done"


def test_a_panic_of_the_engine_is_told_as_such(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)
    run_id = follow_until_stored(supervisor, tmp_path, store)
    pid = supervisor.process_id(run_id)
    assert pid is not None

    os.kill(pid, signal.SIGABRT)

    assert supervisor.wait(run_id, 20).exit_reason == "panic"


def test_several_runs_at_once_do_not_mix(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)
    first = follow_until_stored(supervisor, tmp_path, store)
    second = follow_until_stored(supervisor, tmp_path, store)
    assert set(supervisor.active()) == {first, second}

    supervisor.stop(first)
    with (tmp_path / "app.jsonl").open("a") as file:
        file.write(json.dumps(LINES[0]) + "\n")
    wait_until(lambda: telemetry.count(store, second)["logs"] == 4)
    supervisor.stop(second)

    assert [telemetry.count(store, run_id)["logs"] for run_id in (first, second)] == [3, 4]


def test_a_run_repeated_in_one_scope_stores_its_rows_once(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)

    for _ in range(2):
        supervisor.run(errors_to_logs(), folder=tmp_path, scope="twice")

    assert telemetry.count(store, "twice")["logs"] == 3


def test_a_failing_function_is_pinned_to_its_node(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)
    (tmp_path / "mine.py").write_text("def tens(number):\n    return 10 // (number - 9)\n")
    settings = {
        "file": "mine.py",
        "function": "tens",
        "arguments": ["severity_number"],
        "output": "x",
        "type": "integer",
    }
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS}),
        ("call", "tables.python_function", settings),
        ("keep", "sinks.jsonlines", {"path": "out.jsonl"}),
    )

    run = supervisor.run(flow, folder=tmp_path)

    assert (run.exit_reason, run.rows_rejected) == ("done", 1)
    (error,) = runs.errors(store, run.run_id)
    assert (error.node, error.message) == ("call", "ZeroDivisionError: integer division or modulo by zero")
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 3


def test_a_source_that_breaks_is_named(supervisor: Supervisor, tmp_path: Path) -> None:
    write_lines(tmp_path)
    (tmp_path / "app.jsonl.gz").write_bytes(b"this is not gzip")
    flow = errors_to_logs().with_settings({"read": {"path": "app.jsonl.gz"}})

    run = supervisor.run(flow, folder=tmp_path)

    assert (run.status, run.error_node) == (RunStatus.FAILED, "read")
    assert "BadGzipFile" in run.exit_reason


def test_counts_are_told_while_a_run_goes_on(supervisor: Supervisor, tmp_path: Path) -> None:
    write_lines(tmp_path)
    seen: list[Event] = []
    told = threading.Event()

    def on_event(event: Event) -> None:
        seen.append(event)
        told.set()

    supervisor.run(errors_to_logs(), folder=tmp_path, on_event=on_event)

    counts = [event for event in seen if isinstance(event, Counts)]
    assert counts[-1] == Counts(rows_in={"read": 4}, rows_out={"keep": 3})


def test_dry_build_finds_all_unknown_columns_with_the_nearest_name(supervisor: Supervisor, tmp_path: Path) -> None:
    write_lines(tmp_path)
    flow = errors_to_logs().with_settings({"bad": {"condition": 'severity_numbr >= 17 and servce_name == "x"'}})

    found = supervisor.dry_build(flow, folder=tmp_path)

    assert [(finding.node, finding.field, finding.code, finding.hint, finding.start) for finding in found] == [
        ("bad", "condition", "unknown_column", "Did you mean 'severity_number'?", 0),
        ("bad", "condition", "unknown_column", "Did you mean 'service_name'?", 25),
    ]


def test_dry_build_reports_types_that_do_not_fit(supervisor: Supervisor, tmp_path: Path) -> None:
    write_lines(tmp_path)
    flow = errors_to_logs().with_settings({"bad": {"condition": "body >= 17"}})

    (finding,) = supervisor.dry_build(flow, folder=tmp_path)

    assert (finding.node, finding.code) == ("bad", "bad_expression")
    assert finding.text().splitlines() == [
        "error: bad.condition: body is text, 17 is a number: they cannot be compared. "
        'Use to_integer(body), or write "17".',
        "    body >= 17",
        "    ^^^^^^^^^^",
    ]


def test_dry_build_of_a_good_flow_finds_nothing_and_writes_nothing(supervisor: Supervisor, tmp_path: Path) -> None:
    write_lines(tmp_path)
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS}),
        ("keep", "sinks.jsonlines", {"path": "out.jsonl"}),
    )

    assert supervisor.dry_build(flow, folder=tmp_path) == []
    assert not (tmp_path / "out.jsonl").exists()


def test_a_run_of_another_process_cannot_be_stopped(supervisor: Supervisor) -> None:
    with pytest.raises(NotFound, match="no run 'run-x'"):
        supervisor.stop("run-x")


def test_a_revised_row_replaces_the_one_before(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)
    columns = {"time_unix_nano": "window_start", "metric_name": '"lines"', "value": "to_number(count)"}
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS, "follow": True}),
        ("window", "windows.tumbling", {"size_s": 60, "by": "service_name"}),
        ("metric", "tables.select", {"columns": columns}),
        ("keep", "sinks.workspace_table", {"table": "metrics"}),
    )

    def values() -> dict[str, float]:
        metrics = telemetry.read(store, scope=run_id).metrics
        return dict(zip(metrics["service_name"], metrics["value"], strict=True))

    run_id = supervisor.run(flow, folder=tmp_path, wait=False).run_id
    wait_until(lambda: values() == {"cart": 3, "pay": 1})
    with (tmp_path / "app.jsonl").open("a") as file:
        file.write(json.dumps(LINES[0]) + "\n")
    wait_until(lambda: values() == {"cart": 4, "pay": 1})
    supervisor.stop(run_id)

    assert telemetry.count(store, run_id)["metrics"] == 2
    (source,) = sources.latest(store, scope=run_id)
    assert source.rows == {"metrics": 2}


def test_a_flow_reads_what_is_stored(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)
    supervisor.run(errors_to_logs(), folder=tmp_path, scope="stored")
    flow = make_flow(
        ("stored", "sources.workspace_table", {"table": "logs", "scope": "stored", "start_unix_nano": 2 * 10**9}),
        ("keep", "sinks.jsonlines", {"path": "out.jsonl"}),
    )

    run = supervisor.run(flow, folder=tmp_path)

    assert (run.exit_reason, run.rows_in) == ("done", 2)
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert sorted(row["body"] for row in found) == ["line 3", "line 4"]


def test_many_bad_lines_are_all_counted_and_some_kept(supervisor: Supervisor, store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path, extra="rubbish\n" * 1500)

    run = supervisor.run(errors_to_logs(), folder=tmp_path)

    assert (run.rows_out, run.rows_rejected) == (3, 1500)
    read = next(source for source in sources.latest(store, scope=run.run_id) if source.uri == "test/read")
    assert (read.rejected, rejected.count(store, read.source_id)) == (1500, 1000)


def test_runs_go_on_after_the_fork_server_died(store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)
    supervisor = Supervisor(store)
    try:
        run_id = follow_until_stored(supervisor, tmp_path, store)
        assert supervisor._children.server is not None
        os.kill(supervisor._children.server._process.pid, signal.SIGKILL)

        assert supervisor.wait(run_id, 20).exit_reason == "killed"
        wait_until(lambda: supervisor._children.server is not None and not supervisor._children.server.alive)
        assert supervisor.run(errors_to_logs(), folder=tmp_path).exit_reason == "done"
    finally:
        supervisor.close()


def test_closing_stops_what_runs(store: Store, tmp_path: Path) -> None:
    write_lines(tmp_path)
    supervisor = Supervisor(store)
    run_id = follow_until_stored(supervisor, tmp_path, store)
    pid = supervisor.process_id(run_id)

    supervisor.close()

    assert runs.get(store, run_id).exit_reason == "stopped"
    assert not Path(f"/proc/{pid}").exists()
    assert supervisor.run(errors_to_logs(), folder=tmp_path).exit_reason.startswith("failed: the workspace is closing")


def test_a_run_that_was_cut_off_with_its_owner_is_failed(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        runs.create(store, Run(run_id="run-1", flow_name="x", started_unix_nano=1))
        runs.move(store, "run-1", RunStatus.STARTING)

        Supervisor(store).close()

        assert runs.get(store, "run-1").exit_reason == "failed: the process that ran it went away"


def test_rows_that_cannot_be_stored_fail_the_run(tmp_path: Path) -> None:
    write_lines(tmp_path)
    store = Store.open(None)
    supervisor = Supervisor(store)
    try:
        with store.transaction() as cursor:
            cursor.execute("DROP TABLE logs")

        run = supervisor.run(errors_to_logs(), folder=tmp_path)
    finally:
        supervisor.close()
        store.close()

    assert run.status is RunStatus.FAILED
    assert "logs" in run.exit_reason


def test_ctrl_c_while_a_run_starts_kept_the_workspace_from_closing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Forkserver, end: socket.socket, *_: object) -> int:
        end.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(Forkserver, "start", interrupted)
    with Store.open(None) as store:
        supervisor = Supervisor(store, folder=tmp_path)
        with pytest.raises(KeyboardInterrupt):
            supervisor.run(errors_to_logs())

        left = supervisor.active()
        supervisor.close()

        assert left == []
        assert [(run.status, run.exit_reason) for run in runs.latest(store)] == [
            (RunStatus.FAILED, "failed: interrupted before it began")
        ]
