"""Makes incidents of signals and keeps them true: opened, filled, described anew, linked to those that were before."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.detect.episodes import Episode
from workbench.detect.severity import worst_severity
from workbench.detect.wording import clock, title
from workbench.facts.correlation import Change, Relation
from workbench.facts.diagnosis import Verdict
from workbench.facts.incident import Anomaly, Incident, IncidentState
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import anomalies as anomaly_rows
from workbench.store import diagnoses, groupings, incidents
from workbench.store.db import Store

TAKES_MORE = (IncidentState.OPEN, IncidentState.INVESTIGATING, IncidentState.MITIGATED)
"""An incident in another state is over: what comes later is a new one."""
GROUPING_S = 300.0
"""Anomalies of one fingerprint closer than this belong together, in seconds."""


def running_incidents(store: Store, scope: str) -> list[Incident]:
    """Return the incidents of a data set that may still take signals."""
    return [one for state in TAKES_MORE for one in incidents.latest(store, state=state, scope=scope, limit=10_000)]


def create_incident(store: Store, lead: Episode, *, mark: str, said: str = "", by: str, why: str) -> Incident:
    """Open an incident for signals with a fingerprint; one of that fingerprint that is over is linked as the earlier.

    Args:
        store: Where to.
        lead: Signals of the service that leads it.
        mark: The incident's fingerprint.
        said: Its title; made from the signals when empty.
        by: What groups it.
        why: In words, for the history.
    """
    made = incidents.create(
        store,
        Incident(
            incident_id=incidents.next_id(store),
            title=said or title(lead.anomalies),
            kind=lead.kind,
            severity=worst_severity(lead.anomalies),
            service_name=lead.service_name,
            opened_unix_nano=lead.start,
            updated_unix_nano=lead.end,
            scope=lead.anomalies[0].scope,
            fingerprint=mark,
        ),
    )
    groupings.record(store, Change.OPENED, made.incident_id, [], grouped_by=by, why=why)
    link_earlier(store, made)
    return made


def refresh_incident(store: Store, incident_id: str) -> Incident:
    """Tell an incident's title, severity and times from the anomalies that it has now; with none it stays as it is.

    An investigation that dated it is finer than the windows of detectors: the incident then began at the onset found.
    """
    incident = incidents.get(store, incident_id)
    inside = [one for one in anomaly_rows.of_incident(store, incident_id) if one.firing]
    if not inside:
        return incident
    own = [one for one in inside if (one.service_name, one.kind) == (incident.service_name, incident.kind)] or inside
    moved = [one.moved_unix_nano for one in incidents.moves(store, incident_id)]
    given_title = "|rule:" in incident.fingerprint
    onset = _onset_found(store, incident_id, first := min(one.time_unix_nano for one in inside))
    return incidents.update(
        store,
        incident.model_copy(
            update={
                "title": incident.title if given_title else title(own, onset),
                "severity": worst_severity(inside),
                "opened_unix_nano": onset or first,
                "updated_unix_nano": max([*moved, *(one.time_unix_nano for one in inside)]),
                "anomaly_count": len(inside),
            }
        ),
    )


def attach_signals(store: Store, incident_id: str, signals: Sequence[Anomaly], by: str, why: str) -> None:
    """Put signals into an incident, and write down by what and why."""
    names = [one.anomaly_id for one in signals]
    incidents.attach(store, incident_id, names)
    groupings.record(store, Change.ATTACHED, incident_id, names, grouped_by=by, why=why)


def link_earlier(store: Store, made: Incident) -> None:
    """Link an incident to the last one of its fingerprint that is over, as a recurrence of it."""
    over = [
        one
        for state in IncidentState
        if state not in TAKES_MORE
        for one in incidents.latest(store, state=state, scope=made.scope, service_name=made.service_name, limit=1000)
        if one.fingerprint == made.fingerprint
        and one.incident_id != made.incident_id
        and one.opened_unix_nano <= made.opened_unix_nano
    ]
    if over:
        last = max(over, key=lambda one: (one.opened_unix_nano, one.incident_id))
        why = f"the same trouble again at {clock(made.opened_unix_nano)}; {last.incident_id} was {last.state} already"
        groupings.link(store, made.incident_id, Relation.RECURRENCE_OF, last.incident_id, why)


def _onset_found(store: Store, incident_id: str, first_unix_nano: int) -> int | None:
    # A whole diagnosis takes long to read, and this is asked for with every signal that comes.
    diagnosis = diagnoses.outlines(store, [incident_id]).get(incident_id)
    if diagnosis is None or diagnosis.verdict is not Verdict.INCIDENT or diagnosis.onset_unix_nano is None:
        return None
    # Another incident of the same data may have been dated in place of this one.
    apart_s = abs(diagnosis.onset_unix_nano - first_unix_nano) / NANOS_PER_SECOND
    return diagnosis.onset_unix_nano if apart_s <= GROUPING_S else None
