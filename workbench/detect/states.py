"""Moves incidents through their states; `facts.incident.INCIDENT_MOVES` is the table, here are its verbs."""

from __future__ import annotations

from workbench.facts.incident import INCIDENT_MOVES, Incident, IncidentState
from workbench.store import incidents
from workbench.store.db import Store


def possible(incident: Incident) -> list[IncidentState]:
    """Return the states that the incident may move to, in the order of their life."""
    return [state for state in IncidentState if state in INCIDENT_MOVES[incident.state]]


def begin(store: Store, incident_id: str, *, now_unix_nano: int, why: str = "") -> Incident:
    """Start or take up the investigation; one that runs already goes on.

    Raises:
        NotFound: there is no such incident.
        IllegalMove: it is closed.
    """
    return _ensure(store, incident_id, IncidentState.INVESTIGATING, now_unix_nano, why or "investigation begun")


def mitigate(store: Store, incident_id: str, *, now_unix_nano: int, why: str = "") -> Incident:
    """Note that users no longer suffer; raises as `begin`."""
    return _ensure(store, incident_id, IncidentState.MITIGATED, now_unix_nano, why)


def resolve(store: Store, incident_id: str, *, now_unix_nano: int, why: str = "") -> Incident:
    """Note that the cause is gone; raises as `begin`."""
    return _ensure(store, incident_id, IncidentState.RESOLVED, now_unix_nano, why)


def close(store: Store, incident_id: str, *, now_unix_nano: int, why: str = "") -> Incident:
    """End an incident for good; raises as `begin`."""
    return _ensure(store, incident_id, IncidentState.CLOSED, now_unix_nano, why)


def _ensure(store: Store, incident_id: str, state: IncidentState, now_unix_nano: int, why: str) -> Incident:
    # A step that is taken again after a crash finds its move done.
    with store.transaction():
        current = incidents.get(store, incident_id)
        if current.state is state:
            return current
        return incidents.move(store, incident_id, state, now_unix_nano=now_unix_nano, why=why)
