"""Runs that go on where the last one ended: nothing twice, nothing lost, nothing silent."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.engine.flows import logs_and_counts, to_logs, wait_until, write_lines
from workbench.engine import checkpoint
from workbench.engine.supervisor import Supervisor
from workbench.errors import FlowError
from workbench.facts.run import RunStatus
from workbench.store import flow_states, runs, telemetry
from workbench.store.db import Store


def kill(supervisor: Supervisor, run_id: str) -> None:
    pid = supervisor.process_id(run_id)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    supervisor.wait(run_id, 30)


def check_exact(store: Store, scope: str, lines: int) -> None:
    """Check that each line is stored once, and that every window counts its own."""
    frames = telemetry.read(store, scope=scope)
    times = Counter(frames.logs["time_unix_nano"] // 10**9)
    assert [number for number, count in times.items() if count > 1][:10] == []
    assert [number for number in range(lines) if number not in times][:10] == []
    expected: dict[tuple[int, str], float] = {}
    for number in range(lines):
        place = (number // 3600 * 3600 * 10**9, f"service-{number % 7}")
        expected[place] = expected.get(place, 0) + 1
    columns = (frames.metrics[name] for name in ("time_unix_nano", "service_name", "value"))
    found = Counter(zip(*columns, strict=True))
    wanted = Counter((*place, count) for place, count in expected.items())
    assert (list(found - wanted)[:10], list(wanted - found)[:10]) == ([], [])


@pytest.mark.parametrize(
    ("kills", "lines"),
    [
        pytest.param(3, 40_000, id="three-kills"),
        pytest.param(20, 200_000, id="twenty-kills", marks=pytest.mark.slow),
    ],
)
def test_kill_9_at_any_time_leaves_no_duplicate_and_no_gap(
    keeping: Supervisor, kept: Store, workspace: Path, tmp_path: Path, kills: int, lines: int
) -> None:
    chance = random.Random(kills)
    flow = logs_and_counts(resume=True).model_copy(update={"name": f"killed-{kills}"})
    flow = flow.with_settings({"read": {"follow": True}})
    write_lines(tmp_path, 0, 100)
    written, resumed = 100, 0
    for _ in range(kills):
        begin = written
        run = keeping.run(flow, folder=tmp_path, wait=False)
        wait_until(lambda run=run: runs.get(kept, run.run_id).status is RunStatus.RUNNING)  # type: ignore[misc]
        for _ in range(chance.randrange(1, 10)):
            write_lines(tmp_path, written, written := min(written + lines // (10 * kills), lines))
            time.sleep(0.1)
        if begin == 100:
            # Before that nothing is kept, and the next run begins afresh; both have to be seen.
            wait_until(lambda run=run: checkpoint.kept_until(workspace / "runs" / "state" / run.run_id) is not None)  # type: ignore[misc]
        time.sleep(chance.uniform(0.0, 0.3))
        kill(keeping, run.run_id)
        resumed += runs.get(kept, run.run_id).resumed_from != ""
        assert written > begin
    write_lines(tmp_path, written, lines)

    last = keeping.run(flow, folder=tmp_path, wait=False)
    wait_until(lambda: telemetry.count(kept, last.scope)["logs"] >= lines, 60)
    last = keeping.stop(last.run_id)

    assert last.status is RunStatus.STOPPED
    assert resumed > 0
    check_exact(kept, last.scope, lines)


def test_a_stopped_run_goes_on_behind_the_last_line(keeping: Supervisor, kept: Store, tmp_path: Path) -> None:
    flow = to_logs(follow=True, resume=True).model_copy(update={"name": "stopped"})
    write_lines(tmp_path, 0, 10)
    first = keeping.run(flow, folder=tmp_path, wait=False)
    wait_until(lambda: telemetry.count(kept, first.scope)["logs"] == 10)
    keeping.stop(first.run_id)
    write_lines(tmp_path, 10, 15)

    second = keeping.run(flow, folder=tmp_path, wait=False)
    wait_until(lambda: telemetry.count(kept, first.scope)["logs"] == 15)
    keeping.stop(second.run_id)

    assert (second.resumed_from, second.scope, second.note) == (first.run_id, first.scope, "")
    assert sorted(telemetry.read(kept, scope=first.scope).logs["time_unix_nano"]) == [n * 10**9 for n in range(15)]


def test_a_changed_flow_begins_afresh_and_says_so(keeping: Supervisor, kept: Store, tmp_path: Path) -> None:
    flow = logs_and_counts(resume=True).model_copy(update={"name": "changed"})
    write_lines(tmp_path, 0, 20)
    first = keeping.run(flow, folder=tmp_path)

    second = keeping.run(flow.with_settings({"window": {"size_s": 60}}), folder=tmp_path)

    assert (second.resumed_from, second.rows_in) == ("", 20)
    assert second.note == f"began afresh: the flow is not the one that {first.run_id} ran"
    assert second.scope != first.scope
    assert telemetry.count(kept, second.scope)["logs"] == 20


def test_a_flow_without_resume_begins_afresh_each_time(keeping: Supervisor, kept: Store, tmp_path: Path) -> None:
    flow = to_logs().model_copy(update={"name": "afresh"})
    write_lines(tmp_path, 0, 20)

    found = [keeping.run(flow, folder=tmp_path) for _ in range(2)]

    assert [telemetry.count(kept, run.scope)["logs"] for run in found] == [20, 20]
    assert flow_states.find(kept, "afresh") is None


def test_a_node_that_cannot_go_on_makes_the_flow_begin_afresh_without_duplicates(
    keeping: Supervisor, kept: Store, tmp_path: Path
) -> None:
    flow = to_logs(resume=True).model_copy(update={"name": "csv"})
    sink = {"id": "file", "kind": "sinks.jsonlines", "settings": {"path": "out.jsonl"}}
    flow = flow.model_validate(
        flow.model_dump() | {"nodes": [*flow.model_dump()["nodes"], sink], "edges": [
            *flow.model_dump()["edges"], {"source": "read", "target": "file"}]}
    )  # fmt: skip
    write_lines(tmp_path, 0, 20)

    first = keeping.run(flow, folder=tmp_path)
    second = keeping.run(flow, folder=tmp_path)

    assert first.note == second.note == "began afresh: file cannot go on where it was"
    assert second.scope == first.scope
    assert telemetry.count(kept, first.scope)["logs"] == 20
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 20


def test_two_runs_do_not_share_a_state(keeping: Supervisor, tmp_path: Path) -> None:
    flow = to_logs(follow=True, resume=True).model_copy(update={"name": "shared"})
    write_lines(tmp_path, 0, 1)
    first = keeping.run(flow, folder=tmp_path, wait=False)

    with pytest.raises(FlowError, match=f"{first.run_id} keeps the state of shared and has not ended"):
        keeping.run(flow, folder=tmp_path)

    keeping.stop(first.run_id)


def test_a_workspace_in_memory_keeps_no_state(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(FlowError, match="a workspace in memory keeps no state"):
        supervisor.run(to_logs(resume=True), folder=tmp_path)
