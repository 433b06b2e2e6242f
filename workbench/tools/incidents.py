"""Incidents: list them, show one with its causes, move one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from workbench.detect.correlate.fingerprints import signals_of
from workbench.detect.similar import similar_incidents
from workbench.facts.correlation import IncidentChange, IncidentLink, IncidentNote, Relation, SimilarIncident
from workbench.facts.diagnosis import Action, Cause, Diagnosis
from workbench.facts.evidence import Frozen
from workbench.facts.incident import INCIDENT_MOVES, Anomaly, Incident, IncidentState
from workbench.facts.telling import worth_telling
from workbench.guard.tool import tool
from workbench.store import anomalies as anomaly_store
from workbench.store import diagnoses, groupings, notes
from workbench.store import incidents as incident_store
from workbench.store.incidents import Move
from workbench.tools.arguments import Limit
from workbench.tools.texts import Listing, columns, count, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

_SHOWN_ANOMALIES = 5
_SHOWN_CAUSES = 5
_SHOWN_REASONS = 6
_RELATIONS = {
    (Relation.RECURRENCE_OF, True): "Recurrence of {}",
    (Relation.RECURRENCE_OF, False): "Came again as {}",
    (Relation.MERGED_INTO, True): "Merged into {}",
    (Relation.MERGED_INTO, False): "Took in {}",
    (Relation.SPLIT_FROM, True): "Split from {}",
    (Relation.SPLIT_FROM, False): "{} was split from it",
}


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
    ended: dict[str, int] = {}
    """Keys of signals whose source said that they are over -> UTC nanoseconds; the incident stays as it is."""
    moves: list[Move] = []
    changes: list[IncidentChange] = []
    """Which signals came in or went, by what, and why; oldest first."""
    links: list[IncidentLink] = []
    """Earlier occurrences, merges and splits."""
    notes: list[IncidentNote] = []
    """What people tried, and whether it worked."""
    similar: list[SimilarIncident] = []
    """Incidents like this one, the most alike first."""

    def text(self) -> str:
        """Return what somebody on call wants to read first."""
        one = self.incident
        parts = [
            f"{one.incident_id}  {one.title}",
            f"{one.state}, {one.severity}, {one.kind}. Began {utc(one.opened_unix_nano)}"
            + (f" at {one.service_name}" if one.service_name else "")
            + (f". Data set {one.scope}" if one.scope else ""),
        ]
        parts += [_link_text(link, one.incident_id) for link in self.links]
        parts += _diagnosis_text(self.diagnosis)
        if self.similar:
            parts += ["", "Seen before:", *(f"  - {like.sentence()}" for like in self.similar)]
        if self.notes:
            parts += ["", "Notes:", *(f"  - {_note_text(note)}" for note in self.notes)]
        parts += self._anomaly_text()
        parts += self._grouping_text()
        if self.moves:
            rows = [(utc(move.moved_unix_nano), move.from_state, move.to_state, move.why) for move in self.moves]
            parts += ["", columns(("MOVED", "FROM", "TO", "WHY"), rows)]
        return "\n".join(parts)

    def _anomaly_text(self) -> list[str]:
        if not self.anomalies:
            return []
        signals = signals_of(self.anomalies)
        rows = [
            (
                signal.first.anomaly_id,
                utc(signal.first.time_unix_nano),
                signal.first.service_name,
                f"{max(one.score for one in signal.seen):.2f}",
                len(signal.seen),
                signal.first.summary
                + (f" (ended {utc(self.ended[key])})" if (key := signal.last.signal_key) in self.ended else ""),
            )
            for signal in signals[:_SHOWN_ANOMALIES]
        ]
        more = len(signals) - len(rows)
        return [
            "",
            columns(("SIGNAL", "FIRST SEEN", "SERVICE", "SCORE", "SEEN", "SUMMARY"), rows, right=(3, 4)),
            *([f"... and {count(more, 'more signal')}; --json gives all"] * bool(more)),
        ]

    def _grouping_text(self) -> list[str]:
        said = list(dict.fromkeys((one.grouped_by, one.why) for one in self.changes if one.anomaly_ids))
        if not said:
            return []
        shown = said[:_SHOWN_REASONS]
        lines = ["", "Together because of:", *(f"  - {by}: {why}" for by, why in shown)]
        return lines + [f"  - and {count(len(said) - len(shown), 'more reason')}"] * (len(said) > len(shown))


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
    one = incident_store.get(wb.store, incident_id)
    seen = anomaly_store.of_incident(wb.store, incident_id)
    keys = sorted({signal.signal_key for signal in seen if signal.signal_key})
    return IncidentDetails(
        incident=one,
        diagnosis=diagnoses.of_incident(wb.store, incident_id),
        anomalies=seen,
        ended=anomaly_store.ends(wb.store, one.scope, keys),
        moves=incident_store.moves(wb.store, incident_id),
        changes=groupings.history(wb.store, incident_id),
        links=groupings.links(wb.store, incident_id),
        notes=notes.of_incident(wb.store, incident_id),
        similar=similar_incidents(wb.store, incident_id)[0],
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


def _link_text(link: IncidentLink, incident_id: str) -> str:
    own = link.incident_id == incident_id
    said = _RELATIONS[link.relation, own].format(link.other_incident_id if own else link.incident_id)
    return f"{said}: {link.why}" if link.why else said


def _note_text(note: IncidentNote) -> str:
    word = {"worked": "worked: ", "did_not_work": "did not work: ", "": ""}[note.worked]
    return f"{word}{note.note}"


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
    best = next((one for one in worth_telling(cause) if one.supports), None)
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
