"""What changed since somebody looked, subject by subject."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from workbench import Workbench, open_workbench
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Incident, IncidentState
from workbench.facts.run import Run, RunStatus
from workbench.semconv import Table
from workbench.store import incidents, runs, sources, telemetry
from workbench.tools.changes import Changes


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        yield opened


def look(wb: Workbench) -> Changes:
    found = wb.call("changes")
    assert isinstance(found, Changes)
    return found


def test_nothing_changed_between_two_looks(wb: Workbench) -> None:
    assert look(wb).since(look(wb)) == frozenset()


def test_each_change_is_told_of_its_own_subject_only(wb: Workbench) -> None:
    assert wb.path
    first = look(wb)
    incidents.create(
        wb.store,
        Incident(
            incident_id="", title="x", kind=IncidentKind.ERROR, opened_unix_nano=1, updated_unix_nano=1, scope="live"
        ),
    )
    second = look(wb)
    incidents.move(wb.store, "INC-1", IncidentState.INVESTIGATING, now_unix_nano=2)
    third = look(wb)
    runs.create(wb.store, Run(run_id="R", flow_name="shop", started_unix_nano=1))
    fourth = look(wb)
    runs.move(wb.store, "R", RunStatus.STARTING)
    fifth = look(wb)
    (wb.path / "flows" / "own.flow.json").write_text("{}", encoding="utf-8")
    sixth = look(wb)

    looks = [first, second, third, fourth, fifth, sixth]
    told = [after.since(before) for before, after in pairwise(looks)]
    assert told == [frozenset({name}) for name in ("incidents", "incidents", "runs", "runs", "flows")]


def test_new_rows_of_telemetry_are_a_change(wb: Workbench) -> None:
    import pyarrow as pa

    source = sources.register(wb.store, kind="api", uri="test:x", scope="x")
    before = look(wb)
    rows = pa.table({"time_unix_nano": pa.array([1], pa.int64()), "body": ["x"]})

    telemetry.append(wb.store, Table.LOGS, rows, source_id=source.source_id)

    assert look(wb).since(before) == frozenset({"telemetry"})
