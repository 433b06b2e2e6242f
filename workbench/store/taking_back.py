"""Takes back what was cancelled. Of an investigation: what it stored goes, and what it wrote over returns.

Its anomalies stay: each is whole by itself, made of the telemetry alone, and the next investigation finds the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.facts.diagnosis import Diagnosis
from workbench.store import checkpoints, diagnoses, evidence, incidents, sources
from workbench.store.db import Store


@dataclass(frozen=True, slots=True)
class Before:
    """What there was before an investigation began."""

    incident_id: str
    """The incident that was to be investigated; '' when none was named."""
    diagnosis: Diagnosis | None
    evidence_ids: frozenset[str]


def look(store: Store, incident_id: str) -> Before:
    """Remember what an investigation of this incident may write over."""
    if not incident_id:
        return Before("", None, frozenset())
    known = frozenset(one.evidence.evidence_id for one in evidence.of_incident(store, incident_id))
    return Before(incident_id, diagnoses.of_incident(store, incident_id), known)


def take_back(store: Store, before: Before, investigation_id: str, report_id: str, own_incident_id: str) -> None:
    """Remove what an investigation stored.

    Args:
        store: Where.
        before: What `look` gave.
        investigation_id: Which investigation.
        report_id: Its report, if it got so far.
        own_incident_id: The incident that it opened itself; '' when it opened none.
    """
    with store.transaction() as cursor:
        cursor.execute("DELETE FROM steps WHERE investigation_id = ?", [investigation_id])
        cursor.execute("DELETE FROM diagnoses WHERE incident_id = ?", [investigation_id])
        cursor.execute("DELETE FROM reports WHERE report_id = ?", [report_id])
        checkpoints.delete_thread(store, investigation_id)
        if own_incident_id:
            incidents.delete(store, own_incident_id)
        if before.incident_id:
            for one in evidence.of_incident(store, before.incident_id):
                if one.evidence.evidence_id not in before.evidence_ids:
                    cursor.execute("DELETE FROM evidence WHERE evidence_id = ?", [one.evidence.evidence_id])
            if before.diagnosis is None:
                cursor.execute("DELETE FROM diagnoses WHERE incident_id = ?", [before.incident_id])
            else:
                diagnoses.save(store, before.incident_id, before.diagnosis)


def take_back_data_set(store: Store, scope: str) -> None:
    """Remove a data set that nobody wants any more: its rows, anomalies and incidents."""
    with store.transaction() as cursor:
        for incident in incidents.latest(store, scope=scope, limit=1000):
            incidents.delete(store, incident.incident_id)
        cursor.execute("DELETE FROM anomalies WHERE scope = ?", [scope])
        for source in sources.latest(store, 1000, scope=scope):
            sources.forget(store, source.source_id)
