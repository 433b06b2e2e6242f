"""An investigation goes through its steps, leaves everything in the store, and needs no model for any of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.agents.shop import ONSET, SCOPE, diagnose, fill, folders, write_report
from workbench.agents.investigate import investigate, resume, unfinished
from workbench.agents.state import STEPS, Investigation
from workbench.detect.group import open_incidents
from workbench.detect.watch import find_anomalies
from workbench.detect.wording import clock
from workbench.errors import BadInput, NotFound, StoreError
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.incident import IncidentState
from workbench.facts.telemetry import Case
from workbench.models.scripted import Scripted
from workbench.store import anomalies, checkpoints, diagnoses, evidence, incidents, reports, steps, telemetry
from workbench.store.db import Store
from workbench.store.steps import StepRecord

pytestmark = pytest.mark.slow


def run(store: Store, folder: Path, **more: Any) -> Investigation:
    return investigate(
        store, **{"scope": SCOPE, "reports": folder, "diagnose": diagnose, "write_report": write_report} | more
    )


def test_the_way_from_rows_to_a_report(store: Store, tmp_path: Path) -> None:
    told: list[StepRecord] = []

    found = run(store, tmp_path, on_step=told.append)

    assert found.diagnosis.verdict is Verdict.INCIDENT
    assert [cause.service_name for cause in found.diagnosis.causes] == ["payments", "cart"]
    assert found.summary == [
        "At 2023-11-14 22:16:40 UTC requests began to go wrong (payments: error rate 0 % -> 100 % since 22:16:40 UTC).",
        "The most likely first cause is payments (exception): 400 requests of payments failed, the first for [EMAIL]; "
        "healthy is 0.",
        "Confidence is 83 %, the next candidate is cart with 12 %; not known: which version of payments ran.",
    ]
    assert (found.worded_by, found.worded_why, found.masked) == ("rules", "no model was asked", 1)
    assert [one.name for one in told] == list(STEPS)
    assert [(one.name, one.seq, one.status) for one in found.steps] == [
        (name, i, "done") for i, name in enumerate(STEPS)
    ]
    assert all(one.summary and one.seconds >= 0 for one in found.steps)


def test_everything_is_in_the_store_afterwards(store: Store, tmp_path: Path) -> None:
    found = run(store, tmp_path)

    incident = incidents.get(store, found.incident_id)
    assert (incident.state, incident.severity, incident.service_name) == (
        IncidentState.INVESTIGATING,
        "critical",
        "payments",
    )
    assert incident.title == "payments: error rate 0 % -> 100 % since 22:16:40 UTC"
    assert incident.anomaly_count == len(anomalies.of_incident(store, incident.incident_id)) > 0
    assert diagnoses.of_incident(store, found.incident_id) == found.diagnosis
    [kept] = evidence.of_incident(store, found.incident_id)
    assert kept.evidence == found.diagnosis.causes[0].evidence[0]
    assert evidence.recheck(store, kept.evidence.evidence_id).holds
    assert reports.latest(store) == [found.report]
    assert [one.incident_id for one in steps.of_incident(store, found.incident_id)] == [found.incident_id] * len(STEPS)
    assert unfinished(store) == []
    assert checkpoints.list_(store) == []


def test_actions_come_from_the_runbook_of_the_fault(store: Store, tmp_path: Path) -> None:
    actions = run(store, tmp_path).diagnosis.actions

    assert actions
    assert "runbook bad-deploy" in actions[0].why
    assert "deployment/payments" in actions[0].command


def test_a_healthy_data_set_gets_a_report_and_no_incident(tmp_path: Path) -> None:
    with Store.open(None) as store:
        fill(store, ill=False)

        found = run(store, tmp_path)

        assert (found.incident_id, found.diagnosis.verdict) == ("", Verdict.HEALTHY)
        assert len(found.summary) == 3
        assert found.summary[0] == "No incident was found in shop."
        assert incidents.latest(store) == []
        assert [one.name for one in found.steps] == list(STEPS)


def test_an_incident_of_the_detectors_is_taken_up(store: Store, tmp_path: Path) -> None:
    [opened] = open_incidents(store, find_anomalies(telemetry.read(store, scope=SCOPE), SCOPE))

    found = run(store, tmp_path, scope=None, incident_id=opened.incident_id)
    again = run(store, tmp_path)

    assert found.incident_id == again.incident_id == opened.incident_id
    assert found.diagnosis.onset_given
    assert found.diagnosis.onset_unix_nano
    assert clock(found.diagnosis.onset_unix_nano) in incidents.get(store, opened.incident_id).title
    assert len(incidents.latest(store)) == 1
    assert incidents.get(store, opened.incident_id).state is IncidentState.INVESTIGATING


def test_investigating_twice_makes_one_incident_and_two_reports(store: Store, tmp_path: Path) -> None:
    first, second = run(store, tmp_path), run(store, tmp_path)

    assert first.incident_id == second.incident_id
    assert first.diagnosis == second.diagnosis
    assert len(reports.latest(store)) == len(folders(tmp_path)) == 2


def test_all_of_the_data_dates_the_onset_and_what_users_noticed_if_that_shows_nothing(
    store: Store, tmp_path: Path
) -> None:
    asked: list[int | None] = []

    def watching(case: Case, *, top: int) -> Diagnosis:
        asked.append(case.at_unix_nano)
        return diagnose(case, top=top)

    def overlooking(case: Case, *, top: int) -> Diagnosis:
        found = watching(case, top=top)
        return found if case.at_unix_nano else found.model_copy(update={"verdict": Verdict.HEALTHY})

    whole = run(store, tmp_path, diagnose=watching).diagnosis
    again = run(store, tmp_path, diagnose=overlooking).diagnosis

    assert asked == [None, None, pytest.approx(ONSET, abs=10**9)]
    assert [one.verdict for one in (whole, again)] == [Verdict.INCIDENT] * 2
    assert not whole.onset_given
    assert not again.onset_given


def test_a_case_in_memory_is_used_as_it_is(store: Store, tmp_path: Path) -> None:
    case = Case(SCOPE, telemetry.read(store, scope=SCOPE), {}, ONSET + 7)

    found = run(store, tmp_path, scope=None, case=case)

    assert (found.diagnosis.onset_unix_nano, found.diagnosis.onset_given) == (ONSET + 7, True)


def test_an_error_in_a_step_is_recorded_and_the_investigation_can_go_on(store: Store, tmp_path: Path) -> None:
    def broken(*_: Any) -> Any:
        raise StoreError("disk full")

    with pytest.raises(StoreError, match="disk full"):
        run(store, tmp_path, write_report=broken, investigation_id="INV-1")

    [cut_off] = unfinished(store)
    assert (cut_off.investigation_id, cut_off.scope, cut_off.next_step) == ("INV-1", SCOPE, "report")
    assert [(one.name, one.summary) for one in steps.of_investigation(store, "INV-1") if one.status == "failed"] == [
        ("report", "disk full")
    ]
    told: list[str] = []
    found = resume(
        store,
        "INV-1",
        reports=tmp_path,
        diagnose=diagnose,
        write_report=write_report,
        on_step=lambda step: told.append(step.name),
    )
    assert told == ["report"]
    assert found.incident_id == cut_off.incident_id
    assert unfinished(store) == []


class PowerCut(BaseException):
    """Ends a step as nothing that the product catches does."""


@pytest.mark.parametrize("name", STEPS)
def test_a_cut_after_the_effects_of_any_step_changes_nothing(store: Store, tmp_path: Path, name: str) -> None:
    def cut(step: StepRecord) -> None:
        if step.name == name:
            raise PowerCut

    with pytest.raises(PowerCut):
        run(store, tmp_path, on_step=cut, investigation_id="INV-cut")
    found = resume(store, "INV-cut", reports=tmp_path, diagnose=diagnose, write_report=write_report)

    with Store.open(None) as other:
        fill(other)
        assert found.diagnosis == run(other, tmp_path / "other").diagnosis
    assert [one.incident_id for one in incidents.latest(store)] == ["INC-1"]
    assert reports.latest(store) == [found.report]
    assert len(evidence.of_incident(store, "INC-1")) == 1
    assert {one.incident_id for one in found.steps} == {"INC-1"}
    assert [one.name for one in found.steps] == list(STEPS)


def test_the_time_that_was_named_holds_when_an_investigation_goes_on(store: Store, tmp_path: Path) -> None:
    def cut(step: StepRecord) -> None:
        if step.name == "sanitise":
            raise PowerCut

    looked_at: list[tuple[int, int] | None] = []

    def look(case: Case, *, top: int) -> Diagnosis:
        looked_at.append(case.telemetry.extent())
        return diagnose(case, top=top)

    whole = telemetry.read(store, scope=SCOPE)
    start, end = whole.extent() or (0, 0)
    between = (start + (end - start) // 4, end - (end - start) // 4)
    case = Case(SCOPE, telemetry.read(store, scope=SCOPE, start_unix_nano=between[0]), between=between)
    with pytest.raises(PowerCut):
        run(store, tmp_path, scope=None, case=case, on_step=cut, investigation_id="INV-cut")

    resume(store, "INV-cut", reports=tmp_path, diagnose=look, write_report=write_report)

    first, last = looked_at[0] or (0, 0)
    assert between[0] <= first <= last < between[1]


def test_a_finished_investigation_is_given_back(store: Store, tmp_path: Path) -> None:
    found = run(store, tmp_path)

    assert resume(store, found.investigation_id, reports=tmp_path) == found
    assert len(reports.latest(store)) == 1


def test_what_cannot_be_investigated(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no data set"):
        run(store, tmp_path, scope=None)
    with pytest.raises(NotFound, match="INC-9"):
        run(store, tmp_path, incident_id="INC-9")
    with pytest.raises(NotFound, match="INV-9"):
        resume(store, "INV-9", reports=tmp_path)
    run(store, tmp_path, investigation_id="INV-1")
    with pytest.raises(BadInput, match="INV-1"):
        run(store, tmp_path, investigation_id="INV-1")


def test_a_model_may_reword_and_its_name_is_shown(store: Store, tmp_path: Path) -> None:
    said = [
        "Requests began to fail at 2023-11-14 22:16:40 UTC.",
        "The first cause is most likely payments, an exception.",
        "Confidence is 83 %, and it is not known which version of payments ran.",
    ]
    model = Scripted([" ".join(said)], name="small-model")

    found = run(store, tmp_path, model=model)

    assert (found.summary, found.worded_by, found.worded_why) == (said, "small-model", "")
    assert "jo@example.org" not in model.prompts[0]
    assert "[EMAIL]" in model.prompts[0]
    assert found.masked == 2
