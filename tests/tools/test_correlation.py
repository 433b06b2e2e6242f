"""The memory of incidents, rules and alerts on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import Workbench, open_workbench
from workbench.errors import BadInput, NotFound
from workbench.facts.diagnosis import Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.incident import Anomaly, Incident
from workbench.store import anomalies, diagnoses, incidents

BEGAN = 1_769_852_100_000_000_000  # 2026-01-31T09:35:00Z


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "ws") as opened:
        assert isinstance(opened, Workbench)
        yield opened


def incident(wb: Workbench, service: str, fault: str, scope: str) -> str:
    made = incidents.create(
        wb.store,
        Incident(incident_id="", title=f"{service}: error rate", kind=IncidentKind.ERROR, service_name=service,
                 opened_unix_nano=BEGAN, updated_unix_nano=BEGAN, scope=scope),
    )  # fmt: skip
    cause = Cause(rank=1, service_name=service, fault_type=fault, confidence=0.9)
    diagnoses.save(
        wb.store, made.incident_id, Diagnosis(case=scope, verdict=Verdict.INCIDENT, reason="r", causes=[cause])
    )
    return made.incident_id


def alert(status: str, name: str = "CheckoutErrors", service: str = "checkout") -> dict[str, object]:
    return {
        "status": status,
        "labels": {"alertname": name, "service": service, "severity": "critical"},
        "annotations": {"summary": "12 % of requests fail"},
        "startsAt": "2026-01-31T09:35:00Z",
        "endsAt": "2026-01-31T09:50:00Z",
    }


def test_an_empty_memory_says_so(wb: Workbench) -> None:
    only = incident(wb, "checkout", "pool_exhaustion", "a")

    assert wb.call("similar", incident_id=only).text() == (
        "There is no other incident in this workspace to compare INC-1 with."
    )
    incident(wb, "mail", "cpu", "b")
    assert wb.call("similar", incident_id=only).text() == "None of 1 other incidents is like INC-1."


def test_what_worked_is_remembered_and_shown(wb: Workbench) -> None:
    first = incident(wb, "checkout", "pool_exhaustion", "a")
    wb.call("note_incident", incident_id=first, text="restarted it", did_not_work=True)
    said = wb.call("note_incident", incident_id=first, text="raised the pool to 50", worked=True)
    second = incident(wb, "checkout", "pool_exhaustion", "b")

    [found] = wb.call("similar", incident_id=second).found

    assert said.text() == "INC-1, note 2: raised the pool to 50. It worked."
    assert (found.incident_id, found.similarity, found.worked, found.did_not_work) == (
        first, 1.0, ["raised the pool to 50"], ["restarted it"],
    )  # fmt: skip
    sentence = "Like INC-1 (100%): pool exhaustion at checkout; solved then by: raised the pool to 50"
    assert found.sentence() == sentence
    assert f"Seen before:\n  - {sentence}" in wb.call("incident", incident_id=second).text()
    assert "Notes:\n  - did not work: restarted it\n  - worked: raised" in wb.call("incident", incident_id=first).text()
    with pytest.raises(BadInput, match="both"):
        wb.call("note_incident", incident_id=first, text="x", worked=True, did_not_work=True)


def test_a_rule_is_tried_added_changed_and_removed(wb: Workbench) -> None:
    seen = [
        Anomaly(detector="d", kind=IncidentKind.ERROR, service_name="db", time_unix_nano=BEGAN + number, score=0.9,
                summary=f"n {number}", scope="s")
        for number in range(3)
    ]  # fmt: skip
    anomalies.add(wb.store, seen)
    assert wb.call("rule_list").text().startswith("No rules")

    tried = wb.call("rule_add", name="storage", when="service == 'db'", within="10m", dry_run=True)
    assert (len(tried.groups), tried.looked_at, tried.saved, len(wb.call("rule_list"))) == (1, 3, False, 0)
    assert "Nothing was changed." in tried.text()

    wb.call("rule_add", name="storage", when="service == 'db'", within="10m", group_by=["service"])
    with pytest.raises(BadInput, match="--replace"):
        wb.call("rule_add", name="storage")
    wb.call("rule_add", name="storage", within="20m", replace=True)
    [rule] = wb.call("rule_list")
    assert (rule.when, rule.within, rule.group_by) == ("service == 'db'", 1200.0, ("service",))
    assert wb.call("rule_check").text() == "correlation.yaml: 1 rule in order"

    assert wb.call("correlate").incidents[0].fingerprint == "s|rule:storage|db"
    assert wb.call("rule_try").groups[0].now_in == ["INC-1"]
    assert wb.call("rule_remove", name="storage") == []
    with pytest.raises(NotFound):
        wb.call("rule_remove", name="storage")


def test_a_rule_without_signals_can_be_added_and_says_so(wb: Workbench) -> None:
    found = wb.call("rule_add", name="later", when="service == 'db'")

    assert "No stored signal fits: nothing would have been grouped." in found.text()
    assert len(wb.call("rule_list")) == 1


def test_a_file_of_rules_is_checked_before_it_is_used(wb: Workbench, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("rules:\n- {name: a, when: color == 1}\n")

    checked = wb.call("rule_check", file=file)

    assert (checked.exit_code, len(checked.faults)) == (1, 1)
    assert "mine.yaml: rule 1 'a': when = 'color == 1': there is no field 'color'" in checked.text()
    with pytest.raises(BadInput, match="no field 'color'"):
        wb.call("rule_try", file=file)


def test_alerts_open_an_incident_and_their_end_ends_the_signal_only(wb: Workbench, tmp_path: Path) -> None:
    file = tmp_path / "alerts.json"
    file.write_text(json.dumps({"version": "4", "alerts": [alert("firing"), alert("resolved", "Old", "mail")]}))

    first = wb.call("import_alerts", path=[file])
    again = wb.call("import_alerts", path=[file])

    [one] = first.incidents
    assert (one.service_name, one.severity, one.anomaly_count) == ("checkout", "critical", 1)
    assert (first.signals, first.ended, first.free, again.incidents) == (2, 1, 1, [])

    file.write_text("\n".join(json.dumps({"alerts": [alert(word)]}) for word in ("firing", "resolved")))
    ended = wb.call("import_alerts", path=[file])

    shown = wb.call("incident", incident_id=one.incident_id)
    assert (ended.incidents, shown.incident.state) == ([], "open")
    assert list(shown.ended.values()) == [BEGAN + 900 * 10**9]
    assert "(ended 2026-01-31T09:50:00Z)" in shown.text()


def test_alerts_of_services_that_call_each_other_are_one_incident(wb: Workbench, tmp_path: Path) -> None:
    graph = tmp_path / "shop"
    graph.mkdir()
    (graph / "edges.csv").write_text("caller,callee\ncheckout,db\n")
    wb.call("import_telemetry", path=[graph])
    file = tmp_path / "alerts.json"
    file.write_text(json.dumps([alert("firing"), alert("firing", "DbErrors", "db")]))

    [one] = wb.call("import_alerts", path=[file]).incidents

    assert (one.service_name, one.anomaly_count) == ("db", 2)
    assert (
        "topology: checkout calls db, abnormal within 300 s as well"
        in wb.call("incident", incident_id=one.incident_id).text()
    )


def test_incidents_are_merged_split_and_had_back(wb: Workbench, tmp_path: Path) -> None:
    file = tmp_path / "alerts.json"
    file.write_text(json.dumps([alert("firing"), alert("firing", "MailErrors", "mail")]))
    wb.call("import_alerts", path=[file])

    merged = wb.call("merge_incidents", incident_id="INC-1", other=["INC-2"], why="one deploy")

    assert merged.text().splitlines()[1] == "Undo  causeway incident-unmerge INC-2"
    assert [one.incident_id for one in wb.call("incidents")] == ["INC-1"]
    assert "Took in INC-2: one deploy" in wb.call("incident", incident_id="INC-1").text()
    assert wb.call("unmerge_incident", incident_id="INC-2").incident.anomaly_count == 1
    wb.call("merge_incidents", incident_id="INC-1", other=["INC-2"])
    made = wb.call("split_incident", incident_id="INC-1", service=["mail"])
    assert (made.incident.incident_id, made.undo) == ("INC-3", "causeway incident-merge INC-1 INC-3")
