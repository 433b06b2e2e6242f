"""Runs that fail are started again if they may be; limits end what takes too much."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.engine.flows import COLUMNS, make_flow, to_logs, wait_until, write_lines
from workbench.engine.supervisor import Supervisor
from workbench.facts.run import RunStatus
from workbench.flow.graph import Flow
from workbench.flow.options import RunOptions
from workbench.store import runs, telemetry
from workbench.store.db import Store


def start(supervisor: Supervisor, store: Store, flow: Flow, folder: Path, rows: int) -> str:
    run = supervisor.run(flow, folder=folder, wait=False)
    wait_until(lambda: telemetry.count(store, run.scope)["logs"] >= rows)
    return run.run_id


def kill(supervisor: Supervisor, run_id: str) -> None:
    pid = supervisor.process_id(run_id)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_a_killed_run_is_started_again_and_goes_on(keeping: Supervisor, kept: Store, tmp_path: Path) -> None:
    write_lines(tmp_path, 0, 5)
    flow = to_logs(follow=True, restart="on-failure").model_copy(update={"name": "again"})
    run_id = start(keeping, kept, flow, tmp_path, 5)

    kill(keeping, run_id)
    wait_until(lambda: runs.get(kept, run_id).status is RunStatus.PENDING)
    waiting = runs.get(kept, run_id)
    write_lines(tmp_path, 5, 8)
    wait_until(lambda: telemetry.count(kept, run_id)["logs"] == 8)
    going = runs.get(kept, run_id)
    ended = keeping.stop(run_id)

    assert waiting.exit_reason == "started again in 1 s (1 of 5): killed"
    assert (going.status, going.attempts, going.exit_reason) == (RunStatus.RUNNING, 2, "")
    assert (ended.status, ended.exit_reason) == (RunStatus.STOPPED, "stopped")
    assert sorted(telemetry.read(kept, scope=run_id).logs["time_unix_nano"]) == [n * 10**9 for n in range(8)]
    assert [error.message for error in runs.errors(kept, run_id)] == [waiting.exit_reason]


def test_a_run_that_fails_too_often_has_failed(keeping: Supervisor, kept: Store, tmp_path: Path) -> None:
    write_lines(tmp_path, 0, 5)
    flow = to_logs(follow=True, restart="on-failure", restart_limit=1).model_copy(update={"name": "limit"})
    run_id = start(keeping, kept, flow, tmp_path, 5)

    kill(keeping, run_id)
    wait_until(lambda: runs.get(kept, run_id).attempts == 2)
    kill(keeping, run_id)
    run = keeping.wait(run_id, 30)

    assert (run.status, run.attempts, run.exit_reason) == (RunStatus.FAILED, 2, "killed")


def test_a_run_that_waits_to_be_started_again_can_be_stopped(keeping: Supervisor, kept: Store, tmp_path: Path) -> None:
    write_lines(tmp_path, 0, 5)
    flow = to_logs(follow=True, restart="on-failure").model_copy(update={"name": "waits"})
    run_id = start(keeping, kept, flow, tmp_path, 5)
    kill(keeping, run_id)
    wait_until(lambda: runs.get(kept, run_id).status is RunStatus.PENDING)

    run = keeping.stop(run_id)

    assert (run.status, run.exit_reason) == (RunStatus.STOPPED, "stopped")


def test_a_flow_with_faults_is_not_started_again(keeping: Supervisor, tmp_path: Path) -> None:
    flow = to_logs(restart="on-failure").model_copy(update={"name": "faulty"})

    run = keeping.run(flow, folder=tmp_path)

    assert (run.status, run.attempts, run.error_node) == (RunStatus.FAILED, 1, "read")


def test_a_run_that_takes_too_much_memory_fails_with_the_figure(keeping: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "big.py").write_text("held = []\ndef eat(body):\n    held.append(bytearray(10**7))\n    return body\n")
    write_lines(tmp_path, 0, 500)
    settings = {"file": "big.py", "function": "eat", "arguments": ["body"], "output": "x"}
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS, "follow": True}),
        ("eat", "tables.python_function", settings),
        ("keep", "sinks.jsonlines", {"path": "out.jsonl"}),
        memory_mb=400,
    )

    run = keeping.run(flow, folder=tmp_path)

    assert run.status is RunStatus.FAILED
    assert run.exit_reason.startswith("failed: out of memory: it took ")
    assert run.exit_reason.endswith(" MB of 400 MB")


@pytest.mark.parametrize(("cores", "low", "nice"), [(1, True, 10), (None, False, 0)])
def test_the_processor_is_limited(
    keeping: Supervisor, kept: Store, tmp_path: Path, cores: int | None, low: bool, nice: int
) -> None:
    write_lines(tmp_path, 0, 1)
    options = RunOptions(cores=cores, low_priority=low)
    before = os.getpriority(os.PRIO_PROCESS, 0)
    run = keeping.run(to_logs(follow=True), folder=tmp_path, wait=False, options=options)
    wait_until(lambda: telemetry.count(kept, run.scope)["logs"] == 1)
    pid = keeping.process_id(run.run_id)
    assert pid is not None

    found = (len(os.sched_getaffinity(pid)), os.getpriority(os.PRIO_PROCESS, pid) - before)
    keeping.stop(run.run_id)

    assert found == (cores or len(os.sched_getaffinity(0)), nice)
