"""Runs that go on where the last one ended: nothing twice, nothing lost, nothing silent."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.engine.flows import COLUMNS, line, logs_and_counts, make_flow, to_logs, wait_until, write_lines
from workbench.engine import checkpoint
from workbench.engine.supervisor import Supervisor
from workbench.errors import FlowError
from workbench.facts.run import RunStatus
from workbench.flow.graph import Flow
from workbench.store import dead_letters, flow_states, runs, telemetry
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
        wait_until(lambda run=run: runs.get(kept, run.run_id).status is RunStatus.RUNNING)
        for _ in range(chance.randrange(1, 10)):
            write_lines(tmp_path, written, written := min(written + lines // (10 * kills), lines))
            time.sleep(0.1)
        if begin == 100:
            # Before that nothing is kept, and the next run begins afresh; both have to be seen.
            wait_until(lambda run=run: checkpoint.kept_before(workspace / "runs" / "state" / run.run_id) is not None)
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


def test_rejected_lines_that_are_read_again_are_counted_once(
    keeping: Supervisor, kept: Store, workspace: Path, tmp_path: Path
) -> None:
    chance = random.Random(3)
    flow = to_logs(follow=True, resume=True).model_copy(update={"name": "rubbish"})
    write_lines(tmp_path, 0, 20)
    written, bad, rejected = 20, 0, 0
    for turn in range(4):
        run = keeping.run(flow, folder=tmp_path, wait=False)
        wait_until(lambda run=run: runs.get(kept, run.run_id).status is RunStatus.RUNNING)
        for _ in range(12):
            write_lines(tmp_path, written, written := written + 20)
            with (tmp_path / "app.jsonl").open("a") as file:
                file.write(f"rubbish {bad}\n")
            bad += 1
            time.sleep(0.1)
        state = workspace / "runs" / "state" / run.run_id
        wait_until(lambda run=run, state=state: run.resumed_from != "" or checkpoint.kept_before(state) is not None)
        if turn == 3:
            wait_until(lambda run=run: telemetry.count(kept, run.scope)["logs"] >= written)
            keeping.stop(run.run_id)
        else:
            time.sleep(chance.uniform(0.0, 0.2))
            kill(keeping, run.run_id)
        rejected += runs.get(kept, run.run_id).rows_rejected

    letters = dead_letters.find(kept, flow_name="rubbish")

    assert sorted(one.row_json for one in letters) == sorted(f"rubbish {number}" for number in range(bad))
    assert rejected == bad


def test_rows_that_failed_in_a_node_are_counted_once(
    keeping: Supervisor, kept: Store, workspace: Path, tmp_path: Path
) -> None:
    # Lines of one second have severity 9; the number itself is 0 in the first of each ten.
    columns = {"time_unix_nano": "time_unix_nano", "severity_number": "100 // (time_unix_nano // 1000000000 % 10)"}
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS, "follow": True}),
        ("divide", "tables.select", {"columns": columns}),
        ("keep", "sinks.workspace_table", {"table": "logs"}),
        resume=True,
    ).model_copy(update={"name": "divided"})
    write_lines(tmp_path, 0, 1)
    counted = []
    for turn in range(3):
        run = keeping.run(flow, folder=tmp_path, wait=False)
        wait_until(lambda run=run: runs.get(kept, run.run_id).status is RunStatus.RUNNING)
        write_lines(tmp_path, 20 * turn + 1, 20 * turn + 21)
        state = workspace / "runs" / "state" / run.run_id
        wait_until(lambda run=run, state=state: run.resumed_from != "" or checkpoint.kept_before(state) is not None)
        wait_until(lambda run=run, turn=turn: telemetry.count(kept, run.scope)["logs"] >= 18 * turn + 18)
        wait_until(lambda run=run: runs.get(kept, run.run_id).rows_rejected >= 2)
        # What was read is kept by then, so that the next run has nothing to read again.
        time.sleep(3 * checkpoint.SNAPSHOT_MS / 1000)
        kill(keeping, run.run_id)
        counted.append(runs.get(kept, run.run_id).rows_rejected)

    assert counted == [3, 2, 2]
    assert len(dead_letters.find(kept, flow_name="divided")) == 7


def test_what_failed_in_a_group_is_counted_once(
    keeping: Supervisor, kept: Store, workspace: Path, tmp_path: Path
) -> None:
    # A second that has three lines has no value; the engine computes those of earlier runs again in each run.
    query = "SELECT time_unix_nano, 100 DIV (count(*) - 3) AS severity_number FROM a GROUP BY time_unix_nano"
    edges = [{"source": "read", "target": "divide", "port": "a"}, {"source": "divide", "target": "keep"}]
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS, "follow": True}),
        ("divide", "tables.sql", {"query": query}),
        ("keep", "sinks.workspace_table", {"table": "logs"}),
        resume=True,
    )
    flow = Flow.model_validate({**flow.model_dump(), "name": "grouped", "edges": edges})
    (tmp_path / "app.jsonl").write_text(line(0))
    counted = []
    for turn in range(3):
        run = keeping.run(flow, folder=tmp_path, wait=False)
        wait_until(lambda run=run: runs.get(kept, run.run_id).status is RunStatus.RUNNING)
        with (tmp_path / "app.jsonl").open("a") as file:
            file.write(line(2 * turn + 1) + line(2 * turn + 2) * 3)
        state = workspace / "runs" / "state" / run.run_id
        wait_until(lambda run=run, state=state: run.resumed_from != "" or checkpoint.kept_before(state) is not None)
        wait_until(lambda run=run: runs.get(kept, run.run_id).rows_rejected >= 1)
        wait_until(lambda run=run, turn=turn: telemetry.count(kept, run.scope)["logs"] >= 2 + turn)
        # What was read is kept by then, so that the next run has nothing to read again.
        time.sleep(3 * checkpoint.SNAPSHOT_MS / 1000)
        kill(keeping, run.run_id)
        counted.append(runs.get(kept, run.run_id).rows_rejected)

    assert counted == [1, 1, 1]


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
