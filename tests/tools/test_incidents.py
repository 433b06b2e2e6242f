"""Incidents on the command line: a list that can be scanned, one in full, and moves that are written down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workbench import Workbench, open_workbench
from workbench.errors import BadInput, IllegalMove, NotFound
from workbench.facts.diagnosis import Action, Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.evidence import Evidence, EvidenceKind
from workbench.facts.incident import Anomaly, Incident, IncidentState
from workbench.store import anomalies, diagnoses, incidents

BEGAN = 1_769_852_100_123_456_789  # 2026-01-31T09:35:00.123Z


@pytest.fixture
def wb() -> Iterator[Workbench]:
    with open_workbench(in_memory=True) as opened:
        assert isinstance(opened, Workbench)
        yield opened


def open_incident(wb: Workbench, title: str = "web answers with errors", **changes: object) -> Incident:
    values = {"incident_id": "", "title": title, "kind": IncidentKind.ERROR, "service_name": "web", "scope": "shop"}
    times = {"opened_unix_nano": BEGAN, "updated_unix_nano": BEGAN}
    return incidents.create(wb.store, Incident.model_validate({**values, **times, **changes}))


def test_the_list_is_a_list_and_reads_like_a_table(wb: Workbench) -> None:
    assert wb.call("incidents") == []
    assert wb.call("incidents").text() == "No incidents."
    first = open_incident(wb)
    second = open_incident(wb, "db is slow", opened_unix_nano=BEGAN + 60_000_000_000, service_name="")

    found = wb.call("incidents")

    assert found == [second, first]
    assert (len(found), found[0], list(found)) == (2, second, [second, first])
    assert found.text().splitlines() == [
        "INCIDENT  STATE  SEVERITY  BEGAN                 SERVICE  TITLE",
        "INC-2     open   warning   2026-01-31T09:36:00Z  -        db is slow",
        "INC-1     open   warning   2026-01-31T09:35:00Z  web      web answers with errors",
    ]


def test_filters_hold_together(wb: Workbench) -> None:
    one = open_incident(wb)
    open_incident(wb, scope="live")

    assert wb.call("incidents", scope="shop", service="web", state="open") == [one]
    assert wb.call("incidents", state="closed") == []
    with pytest.raises(BadInput, match="'opened'"):
        wb.call("incidents", state="opened")


def test_an_incident_is_shown_with_causes_anomalies_and_history(wb: Workbench) -> None:
    name = open_incident(wb).incident_id
    seen = anomalies.add(
        wb.store,
        [
            Anomaly(detector="d", kind=IncidentKind.ERROR, service_name="web", time_unix_nano=BEGAN + number,
                    score=0.9, summary=f"error rate {number} %")
            for number in range(7)
        ],
    )  # fmt: skip
    incidents.attach(wb.store, name, [one.anomaly_id for one in seen])
    against = Evidence(kind=EvidenceKind.LOG, service_name="db", summary="no log", supports=False, strength=99)
    proofs = [
        Evidence(kind=EvidenceKind.RESOURCE, service_name="db", summary="CPU at 98 %", strength=4, evidence_id="E1"),
        against,
    ]
    diagnosis = Diagnosis(
        case="shop",
        verdict=Verdict.INCIDENT,
        reason="Errors at web are 40 times their usual rate.",
        causes=[Cause(rank=1, service_name="db", fault_type="cpu", confidence=0.81, evidence=proofs)],
        actions=[
            Action(title="Give db more CPU", why="it is at its limit"),
            Action(title="Restart db", why="it is at its limit", command="kubectl rollout restart db"),
        ],
        not_known=["No traces of auth"],
    )
    diagnoses.save(wb.store, name, diagnosis)
    wb.call("move_incident", incident_id=name, state="investigating", why="on it")

    shown = wb.call("incident", incident_id=name)

    assert (shown.diagnosis, len(shown.anomalies), shown.moves[0].why) == (diagnosis, 7, "on it")
    text = shown.text()
    for words in (
        "INC-1  web answers with errors\n",
        "investigating, warning, error. Began 2026-01-31T09:35:00Z at web. Data set shop",
        "Verdict: incident. Errors at web are 40 times their usual rate.",
        "   1  db       cpu          0.81  E1        CPU at 98 %",
        "Do next:\n  - Give db more CPU: it is at its limit\n  - Restart db\n      kubectl rollout restart db",
        "Not known:\n  - No traces of auth",
        "  web       0.90     7  error rate 0 %",
    ):
        assert words in text, text


def test_an_incident_that_nobody_investigated_says_so(wb: Workbench) -> None:
    assert "Not investigated yet." in wb.call("incident", incident_id=open_incident(wb).incident_id).text()


def test_a_move_is_made_and_tells_what_may_follow(wb: Workbench) -> None:
    name = open_incident(wb).incident_id

    moved = wb.call("move_incident", incident_id=name, state="resolved")

    assert moved.incident.state is IncidentState.RESOLVED
    assert moved.text() == "INC-1: open -> resolved. It may become closed, investigating."
    assert "nothing: this is final" in wb.call("move_incident", incident_id=name, state="closed").text()
    with pytest.raises(IllegalMove, match="is closed; it cannot become open"):
        wb.call("move_incident", incident_id=name, state="open")
    with pytest.raises(NotFound, match="INC-9"):
        wb.call("move_incident", incident_id="INC-9", state="open")
