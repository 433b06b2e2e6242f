"""Checkpoints, reports, runs and template memory: what goes in comes out, and moves follow their table."""

from __future__ import annotations

import pytest

from workbench.errors import IllegalMove, NotFound
from workbench.facts.run import RUN_MOVES, Run, RunStatus
from workbench.store import checkpoints, reports, runs, templates
from workbench.store.checkpoints import CheckpointRow, WriteRow
from workbench.store.db import Store
from workbench.store.reports import Report


def checkpoint(number: int, thread: str = "t", namespace: str = "") -> CheckpointRow:
    parent = str(number - 1) if number else None
    return CheckpointRow(thread, namespace, str(number), parent, "msgpack", bytes([0, 255, number]), '{"step":1}')


def test_the_newest_checkpoint_of_a_thread_is_given(store: Store) -> None:
    for number in (1, 3, 2):
        checkpoints.put(store, checkpoint(number))
    checkpoints.put(store, checkpoint(9, thread="other"))
    checkpoints.put(store, checkpoint(8, namespace="inner"))

    assert checkpoints.get(store, "t") == checkpoint(3)
    assert checkpoints.get(store, "t", "", "2") == checkpoint(2)
    assert checkpoints.get(store, "t", "inner") == checkpoint(8, namespace="inner")
    assert checkpoints.get(store, "nobody") is None
    assert checkpoints.list_(store, thread_id="t", checkpoint_ns="", before="3", limit=1) == [checkpoint(2)]
    assert len(checkpoints.list_(store)) == 5


def test_a_checkpoint_with_the_same_id_is_written_over(store: Store) -> None:
    checkpoints.put(store, checkpoint(1))
    changed = checkpoint(1)._replace(checkpoint=b"new", metadata="{}")
    checkpoints.put(store, changed)

    assert checkpoints.list_(store) == [changed]


def test_writes_stay_unless_they_are_to_be_replaced(store: Store) -> None:
    first = [WriteRow("task", 1, "b", "msgpack", b"1", "~1"), WriteRow("task", -1, "a", "msgpack", b"0", "~1")]
    checkpoints.put_writes(store, "t", "", "1", first)
    checkpoints.put_writes(store, "t", "", "1", [first[0]._replace(value=b"x")])
    checkpoints.put_writes(store, "t", "", "1", [first[1]._replace(value=b"y")], replace=True)
    checkpoints.put_writes(store, "t", "", "1", [])

    assert checkpoints.writes_of(store, "t", "", "1") == [first[1]._replace(value=b"y"), first[0]]
    assert checkpoints.writes_of(store, "t", "", "2") == []


def test_a_thread_is_deleted_with_its_writes_and_no_other(store: Store) -> None:
    for thread in ("t", "u"):
        checkpoints.put(store, checkpoint(1, thread=thread))
        checkpoints.put_writes(store, thread, "", "1", [WriteRow("task", 0, "a", "msgpack", b"")])

    checkpoints.delete_thread(store, "t")

    assert checkpoints.list_(store) == [checkpoint(1, thread="u")]
    assert checkpoints.writes_of(store, "t", "", "1") == []
    assert len(checkpoints.writes_of(store, "u", "", "1")) == 1


def test_reports_come_newest_first(store: Store) -> None:
    old = Report(report_id="R1", incident_id="INC-1", title="a", created_unix_nano=1, folder="reports/R1")
    new = old.model_copy(
        update={"report_id": "R2", "created_unix_nano": 2, "files": ["report.md"], "metadata": {"masked": 3}}
    )
    for report in (old, new, new):
        reports.save(store, report)

    assert reports.latest(store) == [new, old]
    assert reports.latest(store, incident_id="INC-2") == []
    assert reports.get(store, "R2") == new
    with pytest.raises(NotFound, match="no report 'R3'"):
        reports.get(store, "R3")


def run(status: RunStatus = RunStatus.PENDING, run_id: str = "run-1", started: int = 5) -> Run:
    return Run(run_id=run_id, flow_name="watch", status=status, started_unix_nano=started)


def test_a_run_moves_with_its_counts(store: Store) -> None:
    runs.create(store, run())
    runs.move(store, "run-1", RunStatus.STARTING)
    runs.move(store, "run-1", RunStatus.RUNNING)
    counted = runs.move(store, "run-1", RunStatus.RUNNING, rows_in=10)

    done = runs.move(store, "run-1", RunStatus.SUCCEEDED, rows_in=20, ended_unix_nano=9, exit_reason="done")

    assert counted.rows_in == 10
    assert done == runs.get(store, "run-1")
    assert (done.status, done.rows_in, done.ended_unix_nano) == (RunStatus.SUCCEEDED, 20, 9)


@pytest.mark.parametrize("wanted", list(RunStatus))
@pytest.mark.parametrize("current", list(RunStatus))
def test_every_run_move_of_the_table_and_no_other(store: Store, current: RunStatus, wanted: RunStatus) -> None:
    runs.create(store, run(current))

    if wanted in RUN_MOVES[current] or (wanted is current and RUN_MOVES[current]):
        assert runs.move(store, "run-1", wanted).status is wanted
    else:
        with pytest.raises(IllegalMove, match=f"run 'run-1' is {current}"):
            runs.move(store, "run-1", wanted)
        assert runs.get(store, "run-1").status is current


def test_runs_that_were_cut_off_are_found(store: Store) -> None:
    for number, status in enumerate(RunStatus):
        runs.create(store, run(status, str(number), number))

    assert [one.status for one in runs.unfinished(store)] == [
        RunStatus.PENDING,
        RunStatus.STARTING,
        RunStatus.RUNNING,
        RunStatus.STOPPING,
    ]
    assert [one.run_id for one in runs.latest(store, 2)] == ["7", "6"]


def test_errors_of_a_run_keep_their_order(store: Store) -> None:
    for number in range(3):
        runs.add_error(store, "run-1", "parse", f"bad row {number}")
    runs.add_error(store, "run-2", "join", "other")

    found = runs.errors(store, "run-1")

    assert [(error.node, error.message) for error in found] == [("parse", f"bad row {n}") for n in range(3)]
    with pytest.raises(NotFound, match="no run 'run-9'"):
        runs.get(store, "run-9")


def test_templates_are_remembered_per_system(store: Store) -> None:
    templates.remember(store, "shop", {"t2": "old", "t1": "order <*>"})
    templates.remember(store, "shop", {"t2": "paid <*>"})
    templates.remember(store, "bank", {"t1": "other"})

    assert templates.recall(store, "shop") == {"t1": "order <*>", "t2": "paid <*>"}
    assert templates.recall(store, "nowhere") == {}


def test_a_state_outlives_its_writer(store: Store) -> None:
    templates.save_state(store, "watch", {"seen": [1, 2], "name": "\u00e9"})
    templates.save_state(store, "watch", {"seen": [1, 2, 3], "name": "\u00e9"})

    assert templates.load_state(store, "watch") == {"seen": [1, 2, 3], "name": "\u00e9"}
    assert templates.load_state(store, "other") is None
