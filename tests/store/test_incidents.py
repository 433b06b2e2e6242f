"""Anomalies are stored once, belong to at most one incident, and incidents move by their table only."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.errors import IllegalMove, NotFound, StoreError
from workbench.facts.diagnosis import Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.evidence import Evidence, EvidenceKind
from workbench.facts.incident import INCIDENT_MOVES, Anomaly, Incident, IncidentState
from workbench.store import anomalies, diagnoses, evidence, incidents, steps
from workbench.store.db import Store
from workbench.store.steps import StepRecord


def anomaly(time: int = 10, **changes: Any) -> Anomaly:
    values = {"detector": "pager", "kind": IncidentKind.ERROR, "service_name": "web", "time_unix_nano": time}
    return Anomaly.model_validate({**values, "score": 0.8, "summary": f"errors at {time}", "scope": "shop", **changes})


def incident(opened: int = 10, **changes: Any) -> Incident:
    values = {"incident_id": "", "title": "web fails", "kind": IncidentKind.ERROR, "service_name": "web"}
    times = {"opened_unix_nano": opened, "updated_unix_nano": opened}
    return Incident.model_validate({**values, **times, "scope": "shop", **changes})


def test_a_replayed_anomaly_is_stored_once_and_keeps_its_incident(store: Store) -> None:
    [first] = anomalies.add(store, [anomaly()])
    opened = incidents.create(store, incident())
    incidents.attach(store, opened.incident_id, [first.anomaly_id])

    again = anomalies.add(store, [anomaly(score=0.81), anomaly(score=0.82)])

    assert {one.anomaly_id for one in again} == {first.anomaly_id}
    assert anomalies.latest(store) == [first]
    assert anomalies.of_incident(store, opened.incident_id) == [first]
    assert anomalies.without_incident(store) == []


def test_anomalies_come_newest_first_and_per_scope(store: Store) -> None:
    added = anomalies.add(store, [anomaly(1), anomaly(3), anomaly(2, scope="live", value=1.5, expected=0.5)])

    assert anomalies.latest(store) == [added[1], added[2], added[0]]
    assert anomalies.latest(store, scope="live") == [added[2]]
    assert anomalies.latest(store, limit=1) == [added[1]]
    assert anomalies.without_incident(store, "shop") == [added[0], added[1]]


def test_an_incident_counts_its_anomalies(store: Store) -> None:
    ids = [one.anomaly_id for one in anomalies.add(store, [anomaly(1), anomaly(2), anomaly(3)])]
    opened = incidents.create(store, incident())

    assert incidents.attach(store, opened.incident_id, ids[:2]).anomaly_count == 2
    assert incidents.attach(store, opened.incident_id, ids[1:]).anomaly_count == 3


def test_ids_are_never_given_twice(store: Store) -> None:
    assert incidents.create(store, incident()).incident_id == "INC-1"
    assert incidents.next_id(store) == "INC-2"
    incidents.delete(store, "INC-1")
    assert incidents.create(store, incident()).incident_id == "INC-3"
    with pytest.raises(StoreError, match="INC-3"):
        incidents.create(store, incident(incident_id="INC-3"))


def test_incidents_are_filtered_and_the_latest_trouble_comes_first(store: Store) -> None:
    old = incidents.create(store, incident(10))
    new = incidents.create(store, incident(30, service_name="db"))
    live = incidents.create(store, incident(20, scope="live"))
    moved = incidents.move(store, old.incident_id, IncidentState.CLOSED, now_unix_nano=99)

    assert incidents.latest(store) == [new, live, moved]
    assert incidents.latest(store, limit=1) == [new]
    assert incidents.latest(store, service_name="web", state=IncidentState.OPEN) == [live]
    assert incidents.latest(store, scope="shop", state="closed") == [moved]


@pytest.mark.parametrize("wanted", list(IncidentState))
@pytest.mark.parametrize("current", list(IncidentState))
def test_every_move_of_the_table_and_no_other(store: Store, current: IncidentState, wanted: IncidentState) -> None:
    name = incidents.create(store, incident(state=current)).incident_id

    if wanted in INCIDENT_MOVES[current]:
        assert incidents.move(store, name, wanted, now_unix_nano=50, why="seen").state is wanted
        assert incidents.moves(store, name) == [
            incidents.Move(incident_id=name, from_state=current, to_state=wanted, moved_unix_nano=50, why="seen")
        ]
    else:
        with pytest.raises(IllegalMove, match=f"{name}' is {current}; it cannot become {wanted}"):
            incidents.move(store, name, wanted, now_unix_nano=50)
        assert incidents.get(store, name).updated_unix_nano == 10
        assert incidents.moves(store, name) == []


def test_update_changes_fields_and_never_the_state(store: Store) -> None:
    opened = incidents.create(store, incident())

    changed = incidents.update(
        store, opened.model_copy(update={"title": "web and db fail", "state": IncidentState.CLOSED})
    )

    assert incidents.get(store, opened.incident_id) == changed
    assert (changed.title, changed.state) == ("web and db fail", IncidentState.OPEN)


def test_deleting_takes_all_that_hangs_on_it_and_frees_the_anomalies(store: Store) -> None:
    [one] = anomalies.add(store, [anomaly()])
    name = incidents.create(store, incident()).incident_id
    incidents.attach(store, name, [one.anomaly_id])
    incidents.move(store, name, IncidentState.INVESTIGATING, now_unix_nano=20)
    found = evidence.save(store, name, Evidence(kind=EvidenceKind.ERROR, service_name="web", summary="many errors"))
    diagnoses.save(store, name, Diagnosis(case="shop", verdict=Verdict.INCIDENT, reason="errors"))

    incidents.delete(store, name)

    assert anomalies.without_incident(store) == [one]
    assert diagnoses.of_incident(store, name) is None
    assert incidents.moves(store, name) == []
    for call in (lambda: incidents.get(store, name), lambda: evidence.get(store, found.evidence_id)):
        with pytest.raises(NotFound):
            call()


def test_the_newest_diagnosis_of_an_incident_is_kept_whole(store: Store) -> None:
    proof = Evidence(kind=EvidenceKind.LATENCY, service_name="db", summary="p99 812 ms", value=812.5)
    cause = Cause(rank=1, service_name="db", fault_type="cpu", confidence=0.8, path=["db", "web"], evidence=[proof])
    newer = Diagnosis(case="shop", verdict=Verdict.INCIDENT, reason="errors", causes=[cause], edges=[("web", "db")])

    assert diagnoses.of_incident(store, "INC-1") is None
    diagnoses.save(store, "INC-1", Diagnosis(case="shop", verdict=Verdict.UNKNOWN, reason="no data"))
    diagnoses.save(store, "INC-1", newer)

    assert diagnoses.of_incident(store, "INC-1") == newer


def test_a_step_that_is_taken_again_is_written_over(store: Store) -> None:
    def step(investigation: str, seq: int, started: int, status: str = "done") -> StepRecord:
        return StepRecord(
            investigation_id=investigation, incident_id="INC-1", seq=seq, name="rank", started_unix_nano=started,
            seconds=0.5, summary="", status=status,
        )  # fmt: skip

    later = steps.save(store, step("a-later", 0, 100))
    second = steps.save(store, step("b-earlier", 1, 20))
    steps.save(store, step("b-earlier", 0, 10, status="failed"))
    first = steps.save(store, step("b-earlier", 0, 15))

    assert steps.of_incident(store, "INC-1") == [first, second, later]
    assert steps.of_investigation(store, "b-earlier") == [first, second]
