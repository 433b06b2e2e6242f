"""Incidents: list them, show one with its causes, move one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from workbench.facts.diagnosis import Action, Cause, Diagnosis
from workbench.facts.evidence import Frozen
from workbench.facts.incident import INCIDENT_MOVES, Anomaly, Incident, IncidentState
from workbench.guard.tool import tool
from workbench.store import anomalies as anomaly_store
from workbench.store import diagnoses
from workbench.store import incidents as incident_store
from workbench.store.incidents import Move
from workbench.tools.arguments import Limit
from workbench.tools.texts import Listing, columns, count, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

_SHOWN_ANOMALIES = 5
_SHOWN_CAUSES = 5


class Incidents(Listing[Incident]):
    """Incidents, the latest to begin first."""

    def text(self) -> str:
        """Return one line for each."""
        if not self.root:
            return "No incidents."
        head = ("INCIDENT", "STATE", "SEVERITY", "BEGAN", "SERVICE", "TITLE")
        return columns(
            head,
            [
                (one.incident_id, one.state, one.severity, utc(one.opened_unix_nano), one.service_name or "-",
                 one_line(one.title, 60))
                for one in self.root
            ],
        )  # fmt: skip


class IncidentDetails(Frozen):
    """One incident with all that is known of it."""

    incident: Incident
    diagnosis: Diagnosis | None = None
    """None until it was investigated."""
    anomalies: list[Anomaly] = []
    moves: list[Move] = []

    def text(self) -> str:
        """Return what somebody on call wants to read first."""
        one = self.incident
        parts = [
            f"{one.incident_id}  {one.title}",
            f"{one.state}, {one.severity}, {one.kind}. Began {utc(one.opened_unix_nano)}"
            + (f" at {one.service_name}" if one.service_name else "")
            + (f". Data set {one.scope}" if one.scope else ""),
        ]
        parts += _diagnosis_text(self.diagnosis)
        parts += self._anomaly_text()
        if self.moves:
            rows = [(utc(move.moved_unix_nano), move.from_state, move.to_state, move.why) for move in self.moves]
            parts += ["", columns(("MOVED", "FROM", "TO", "WHY"), rows)]
        return "\n".join(parts)

    def _anomaly_text(self) -> list[str]:
        if not self.anomalies:
            return []
        shown = self.anomalies[:_SHOWN_ANOMALIES]
        rows = [(utc(one.time_unix_nano), one.service_name, f"{one.score:.2f}", one.summary) for one in shown]
        more = len(self.anomalies) - len(shown)
        return [
            "",
            columns(("ANOMALY", "SERVICE", "SCORE", "SUMMARY"), rows, right=(2,)),
            *([f"... and {count(more, 'anomaly', 'anomalies')} more"] * bool(more)),
        ]


class IncidentMoved(Frozen):
    """A move that was made."""

    incident: Incident
    from_state: IncidentState
    why: str = ""

    def text(self) -> str:
        """Return the move and what may follow."""
        one = self.incident
        may = ", ".join(sorted(INCIDENT_MOVES[one.state])) or "nothing: this is final"
        return f"{one.incident_id}: {self.from_state} -> {one.state}. It may become {may}."


@tool(risk="read")
def incidents(
    wb: Workbench,
    state: IncidentState | None = None,
    service: str | None = None,
    scope: str | None = None,
    limit: Limit = 20,
) -> Incidents:
    """List incidents, the latest to begin first.

    Args:
        state: Only those in this state.
        service: Only those of this service.
        scope: Only those of this data set.
        limit: At most so many.
    """
    return Incidents(incident_store.latest(wb.store, state=state, service_name=service, scope=scope, limit=limit))


@tool(risk="read", positional=("incident_id",))
def incident(wb: Workbench, incident_id: str) -> IncidentDetails:
    """Show an incident with its causes, evidence, next steps and history.

    Args:
        incident_id: Such as INC-1.
    """
    return IncidentDetails(
        incident=incident_store.get(wb.store, incident_id),
        diagnosis=diagnoses.of_incident(wb.store, incident_id),
        anomalies=anomaly_store.of_incident(wb.store, incident_id),
        moves=incident_store.moves(wb.store, incident_id),
    )


@tool(risk="write", command="incident-move", positional=("incident_id", "state"))
def move_incident(wb: Workbench, incident_id: str, state: IncidentState, why: str = "") -> IncidentMoved:
    """Move an incident to another state, with a reason for the record.

    Args:
        incident_id: Such as INC-1.
        state: Where it goes.
        why: A few words for the history.
    """
    before = incident_store.get(wb.store, incident_id).state
    moved = incident_store.move(wb.store, incident_id, state, now_unix_nano=time.time_ns(), why=why)
    return IncidentMoved(incident=moved, from_state=before, why=why)


def _diagnosis_text(diagnosis: Diagnosis | None) -> list[str]:
    if diagnosis is None:
        return ["", "Not investigated yet."]
    parts = ["", f"Verdict: {diagnosis.verdict}. {diagnosis.reason}"]
    if diagnosis.causes:
        rows = [
            (cause.rank, cause.service_name, cause.fault_type or "-", f"{cause.confidence:.2f}", *_because(cause))
            for cause in diagnosis.causes[:_SHOWN_CAUSES]
        ]
        head = ("RANK", "SERVICE", "FAULT", "CONFIDENCE", "EVIDENCE", "BECAUSE")
        parts += ["", columns(head, rows, right=(0, 3))]
        more = len(diagnosis.causes) - len(rows)
        parts += [f"... and {count(more, 'less likely cause')}; --json gives all"] * bool(more)
    for title, lines in (
        ("Impact", diagnosis.impact),
        ("Do next", _action_lines(diagnosis.actions)),
        ("Not known", diagnosis.not_known),
    ):
        if lines:
            parts += ["", f"{title}:", *(f"  - {line}" for line in lines)]
    return parts


def _because(cause: Cause) -> tuple[str, str]:
    best = max((one for one in cause.evidence if one.supports), key=lambda one: one.strength, default=None)
    return (best.evidence_id or "-", one_line(best.summary, 90)) if best else ("-", "-")


def _action_lines(actions: list[Action]) -> list[str]:
    lines, said = list[str](), ""
    for action in actions:
        # Actions of one runbook share their reason; once is enough.
        lines.append(action.title if action.why == said else f"{action.title}: {action.why}")
        said = action.why
        if action.command:
            lines[-1] += f"\n      {action.command}"
    return lines
