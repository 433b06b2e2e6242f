"""What happened is told once, in order, with ids to go on from; what was lost is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workbench import Workbench, open_workbench
from workbench.facts.incident import Anomaly, Incident, IncidentKind, IncidentState
from workbench.facts.run import Run, RunStatus
from workbench.store import anomalies, incidents, runs
from workbench.tools import event_log

T0 = 1_760_000_000_000_000_000


@pytest.fixture
def wb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setattr(event_log, "_LOOK_EVERY_S", 0.0)
    with open_workbench(in_memory=True) as made:
        assert isinstance(made, Workbench)
        yield made


def incident(wb: Workbench, title: str = "cart fails") -> Incident:
    return incidents.create(
        wb.store,
        Incident(
            incident_id="", title=title, kind=IncidentKind.ERROR, service_name="cart", opened_unix_nano=T0,
            updated_unix_nano=T0,
        ),
    )  # fmt: skip


def told(wb: Workbench, since: str) -> list[tuple[str, str]]:
    return [(one.name, one.subject) for one in wb.call("events", since=since).events]


def test_incidents_runs_and_alerts_are_told_in_order(wb: Workbench) -> None:
    begun = wb.call("events")
    assert (begun.events, begun.lost) == ([], False)

    made = incident(wb)
    assert told(wb, begun.last) == [("incident.new", made.incident_id)]
    wb.call("move_incident", incident_id=made.incident_id, state=IncidentState.RESOLVED)
    runs.create(wb.store, Run(run_id="R1", flow_name="shop", started_unix_nano=T0))
    found = wb.call("events", since=begun.last)
    assert [(one.name, one.subject) for one in found.events] == [
        ("incident.new", made.incident_id), ("incident.moved", made.incident_id), ("run.state", "R1"),
    ]  # fmt: skip
    moved = found.events[1].data
    assert (moved["from_state"], moved["to_state"], moved["title"]) == ("open", "resolved", "cart fails")

    assert told(wb, found.last) == []
    runs.move(wb.store, "R1", RunStatus.STARTING)
    runs.move(wb.store, "R1", RunStatus.STARTING, rows_in=5)
    (state,) = wb.call("events", since=found.last).events
    assert (state.data["from_status"], state.data["status"]) == ("pending", "starting")
    (alert,) = anomalies.add(
        wb.store,
        [
            Anomaly(
                anomaly_id="",
                detector="d",
                kind="error",
                service_name="cart",
                time_unix_nano=T0,
                score=1.0,
                summary="x",
            )
        ],
    )
    assert told(wb, state.id) == [("alert", alert.anomaly_id)]


def test_a_long_list_is_given_in_parts(wb: Workbench) -> None:
    begun = wb.call("events").last
    made = [incident(wb, f"number {place}").incident_id for place in range(3)]

    first = wb.call("events", since=begun, limit=2)
    rest = wb.call("events", since=first.last, limit=2)

    assert [one.subject for one in (*first.events, *rest.events)] == made


@pytest.mark.parametrize("since", ["other-1", "nonsense", "abc-x"])
def test_an_id_of_another_time_is_told_as_lost(wb: Workbench, since: str) -> None:
    found = wb.call("events", since=since)

    assert (found.events, found.lost) == ([], True)
    assert told(wb, found.last) == []


def test_an_id_that_is_too_old_is_told_as_lost(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "KEPT", 2)
    begun = wb.call("events").last
    made = [incident(wb, f"number {place}").incident_id for place in range(4)]
    last = wb.call("events", since=begun)

    assert last.lost
    session, _, number = last.last.partition("-")
    assert [one.subject for one in wb.call("events", since=f"{session}-{int(number) - 2}").events] == made[2:]
