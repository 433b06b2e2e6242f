"""The steps of an investigation. Each may be taken again after a crash: what it writes, it writes over."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from workbench import cancel
from workbench.agents.actions import actions_for, load_runbooks, runbook_folder
from workbench.agents.analyses import with_analysis
from workbench.agents.opening import fill_incident, open_incident
from workbench.agents.place import Place, ReportOrder
from workbench.agents.rephrase import worded
from workbench.agents.sanitise import check_rows
from workbench.agents.state import STEPS, State
from workbench.agents.wording import fact_lines, three_sentences
from workbench.detect import states
from workbench.detect.history import PAGE
from workbench.detect.keeping import refresh_incident
from workbench.detect.watch import find_anomalies
from workbench.errors import CausewayError, NotFound
from workbench.facts.diagnosis import Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.incident import Anomaly, IncidentState
from workbench.facts.shares import percent
from workbench.facts.telemetry import Case
from workbench.rca.notable import is_told_in_texts, notable
from workbench.report.also import also_for
from workbench.semconv import Table
from workbench.store import anomalies, diagnoses, evidence, incidents, steps
from workbench.store.steps import StepRecord

Step = Callable[[State], tuple[State, str]]
"""Takes the state; gives what changes in it, and one line for people."""
_USUAL_KIND = {Table.SPANS: IncidentKind.LATENCY, Table.LOGS: IncidentKind.ERROR, Table.METRICS: IncidentKind.METRIC}


def recorded(place: Place, name: str, step: Step) -> Callable[[State], State]:
    """Return the step as a node of the graph: timed, written to the store, and told to whoever watches."""

    def node(state: State) -> State:
        cancel.check()
        started, begun = place.now(), perf_counter()

        def record(summary: str, status: str, incident_id: str) -> StepRecord:
            return steps.save(
                place.store,
                StepRecord(
                    investigation_id=state["investigation_id"],
                    incident_id=incident_id,
                    seq=STEPS.index(name),
                    name=name,
                    started_unix_nano=started,
                    seconds=round(perf_counter() - begun, 6),
                    summary=summary,
                    status=status,
                ),
            )

        try:
            changes, summary = step(state)
        except CausewayError as error:
            record(str(error), "failed", state["incident_id"])
            raise
        done = record(summary, "done", changes.get("incident_id", state["incident_id"]))
        if place.on_step:
            place.on_step(done)
        return changes

    return node


class Steps:
    """The six steps, with what they work with."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._store = place.store

    def sanitise(self, state: State) -> tuple[State, str]:
        """Look whether the rows can be used at all."""
        return {}, check_rows(self._place.telemetry(state["scope"]))

    def plan(self, state: State) -> tuple[State, str]:
        """Find what users would notice, and choose by it which analysis leads."""
        scope = state["scope"]
        telemetry = self._place.telemetry(scope)
        seen = anomalies.add(self._store, find_anomalies(telemetry, scope))
        if state["incident_id"]:
            states.begin(self._store, state["incident_id"], now_unix_nano=self._place.now())
            kind = incidents.get(self._store, state["incident_id"]).kind
        else:
            kind = _leading_kind(seen) or next(
                (kind for table, kind in _USUAL_KIND.items() if len(telemetry.frame(table))), IncidentKind.ERROR
            )
        changes: State = {"kind": kind.value}
        tables = [table.value for table in Table if len(telemetry.frame(table))]
        noticed = f"{len(seen)} anomalies, the first at {seen[0].service_name}" if seen else "no anomaly of indicators"
        return changes, f"{noticed}; {kind.value} analysis over {', '.join(tables) or 'nothing'}"

    def analyse(self, state: State) -> tuple[State, str]:
        """Find the causes and what they meant for users; open the incident if there is one."""
        scope = state["scope"]
        case = self._place.case(scope, state["at_unix_nano"])
        seen = anomalies.latest(self._store, scope, limit=10_000)
        diagnosis = self._diagnose(case, seen, state)
        if is_told_in_texts(case.telemetry):
            diagnosis = diagnosis.model_copy(update={"notable": notable(case.telemetry)})
        diagnosis = with_analysis(diagnosis, IncidentKind(state["kind"]), case.telemetry, seen)
        changes: State = {"verdict": diagnosis.verdict.value}
        if diagnosis.verdict is Verdict.INCIDENT and not state["incident_id"]:
            changes["incident_id"], changes["own_incident"] = open_incident(
                self._store, state, diagnosis, self._place.now()
            )
        diagnoses.save(self._store, changes.get("incident_id") or _key(state), diagnosis)
        return changes, f"{diagnosis.verdict.value}: {diagnosis.reason} {also_for(diagnosis)}".rstrip()

    def _diagnose(self, case: Case, seen: Sequence[Anomaly], state: State) -> Diagnosis:
        """Return the diagnosis; where no time is given all of the data dates it, and what users noticed if that fails.

        One service with few requests may look ill at any time; the onset is when most of what is measured changes.
        """
        noticed = [] if state["at_given"] or case.references else _noticed(seen)
        found = self._place.diagnose(replace(case, noticed_unix_nano=noticed), top=state["top"])
        if found.verdict is Verdict.INCIDENT or not noticed:
            return found
        dated = self._place.diagnose(replace(case, at_unix_nano=noticed[0]), top=state["top"])
        return dated.model_copy(update={"onset_given": False}) if dated.verdict is Verdict.INCIDENT else found

    def rank(self, state: State) -> tuple[State, str]:
        """Store the evidence of every cause, so that it can be run again, and choose what to do."""
        diagnosis = self._diagnosis(state)
        if not state["incident_id"] or diagnosis.verdict is not Verdict.INCIDENT:
            return {}, "nothing to rank"
        incident_id = state["incident_id"]
        causes = [self._with_stored_evidence(incident_id, cause) for cause in diagnosis.causes]
        actions = diagnosis.actions or actions_for(diagnosis, load_runbooks(runbook_folder()))
        diagnoses.save(self._store, incident_id, diagnosis.model_copy(update={"causes": causes, "actions": actions}))
        for earlier in steps.of_investigation(self._store, state["investigation_id"]):
            steps.save(self._store, earlier.model_copy(update={"incident_id": incident_id}))
        if state["own_incident"]:
            fill_incident(self._store, state, diagnosis, self._place.now())
        else:
            refresh_incident(self._store, incident_id)
        if incidents.get(self._store, incident_id).state is IncidentState.OPEN:
            states.begin(self._store, incident_id, now_unix_nano=self._place.now())
        kept = sum(len(cause.evidence) for cause in causes)
        first = f"{causes[0].service_name} leads with {percent(causes[0].confidence)}" if causes else "no cause"
        return {}, f"{first}; {len(causes)} causes, {kept} pieces of evidence stored"

    def summarise(self, state: State) -> tuple[State, str]:
        """Say it in three sentences; a model may only word them better."""
        diagnosis = self._diagnosis(state)
        ill = diagnosis.verdict is Verdict.INCIDENT and state["incident_id"]
        symptom = incidents.get(self._store, state["incident_id"]).title if ill else ""
        wording = worded(
            three_sentences(diagnosis, symptom=symptom),
            fact_lines(diagnosis, symptom=symptom),
            model=self._place.model,
            cause=diagnosis.causes[0].service_name if ill and diagnosis.causes else "",
            services=diagnosis.services,
        )
        changes: State = {
            "summary": wording.sentences,
            "worded_by": wording.worded_by,
            "worded_why": wording.why,
            "masked": wording.masked,
        }
        return changes, f"worded by {wording.worded_by}" + (f": {wording.why}" if wording.why else "")

    def report(self, state: State) -> tuple[State, str]:
        """Write the report; id and folder follow from the investigation, so there is one however often this runs."""
        written = self._place.write_report(
            self._store,
            ReportOrder(
                report_id=report_id(state["investigation_id"]),
                investigation_id=state["investigation_id"],
                incident_id=state["incident_id"],
                diagnosis=self._diagnosis(state),
                summary=state["summary"],
                worded_by=state["worded_by"],
                worded_why=state["worded_why"],
                masked=state["masked"],
                steps=steps.of_investigation(self._store, state["investigation_id"])[: STEPS.index("report")],
                telemetry=self._place.telemetry(state["scope"]),
                folder=report_folder(self._place, state),
                now_unix_nano=state["started_unix_nano"],
            ),
        )
        return {"report_id": written.report_id}, ", ".join(written.files)

    def _diagnosis(self, state: State) -> Diagnosis:
        found = diagnoses.of_incident(self._store, _key(state))
        if found is None:
            raise NotFound("diagnosis", _key(state), hint="Investigate again: what was found out is gone")
        return found

    def _with_stored_evidence(self, incident_id: str, cause: Cause) -> Cause:
        stored = [evidence.save(self._store, incident_id, one) for one in cause.evidence]
        return cause.model_copy(update={"evidence": stored})


def report_folder(place: Place, state: State) -> Path:
    """Return the folder of an investigation's report."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", state["incident_id"] or state["scope"]).strip("-.") or "report"
    return place.reports / f"{name[:60]}-{state['investigation_id'][-6:]}"


def report_id(investigation_id: str) -> str:
    """Return the id of an investigation's report."""
    return f"R-{investigation_id.removeprefix('INV-')}"


def _key(state: State) -> str:
    # Without an incident the diagnosis is kept under the investigation's own id.
    return state["incident_id"] or state["investigation_id"]


def _noticed(seen: Sequence[Anomaly]) -> list[int]:
    """Return when trouble was seen, the earliest first: signs of those that became worth a page, else all of them."""
    worst: dict[tuple[str, str], float] = {}
    for one in seen:
        sign = (one.service_name, one.detector)
        worst[sign] = max(worst.get(sign, 0.0), one.score)
    serious = [one for one in seen if worst[one.service_name, one.detector] >= PAGE]
    return sorted(one.time_unix_nano for one in serious or seen)


def _leading_kind(seen: Sequence[Anomaly]) -> IncidentKind | None:
    if not seen:
        return None
    first = min(one.time_unix_nano for one in seen)
    early = [one for one in seen if one.time_unix_nano <= first + 120 * 10**9]
    weight = {kind: sum(one.score for one in early if one.kind is kind) for kind in IncidentKind}
    return max(weight, key=lambda kind: weight[kind])
