"""Incidents and anomalies, with the table of legal moves."""

from __future__ import annotations

from enum import StrEnum

from workbench.errors import IllegalMove
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.evidence import Frozen
from workbench.facts.show import incident_html


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"


INCIDENT_MOVES: dict[IncidentState, frozenset[IncidentState]] = {
    IncidentState.OPEN: frozenset({IncidentState.INVESTIGATING, IncidentState.RESOLVED, IncidentState.CLOSED}),
    IncidentState.INVESTIGATING: frozenset({IncidentState.MITIGATED, IncidentState.RESOLVED, IncidentState.CLOSED}),
    IncidentState.MITIGATED: frozenset({IncidentState.INVESTIGATING, IncidentState.RESOLVED}),
    IncidentState.RESOLVED: frozenset({IncidentState.INVESTIGATING, IncidentState.CLOSED}),
    IncidentState.CLOSED: frozenset(),
}


def check_incident_move(incident_id: str, current: IncidentState, wanted: IncidentState) -> None:
    """Raise `IllegalMove` unless the table of moves has this one."""
    if wanted not in INCIDENT_MOVES[current]:
        raise IllegalMove("incident", incident_id, current, wanted, sorted(INCIDENT_MOVES[current]))


class Anomaly(Frozen):
    """One thing that a detector saw."""

    anomaly_id: str = ""
    detector: str
    kind: IncidentKind
    service_name: str
    time_unix_nano: int
    score: float
    """0..1; 0.5 is abnormal, 0.75 is worth a page."""
    value: float | None = None
    expected: float | None = None
    summary: str
    scope: str = ""
    """The data set (import, run, case) it was seen in."""
    severity: str = ""
    """As its source said it; '' lets the values decide."""
    signal_key: str = ""
    """What the source calls this signal while it lasts, such as an alert's fingerprint and start; '' when nothing."""
    firing: bool = True
    """False for the word that a signal has ended; such a row opens nothing."""
    template: str = ""
    """The log template behind it, if log lines are."""
    labels: dict[str, str] = {}
    """What else the source said of it."""


class Incident(Frozen):
    """Anomalies that belong together, and what became of them."""

    incident_id: str
    title: str
    kind: IncidentKind
    state: IncidentState = IncidentState.OPEN
    severity: str = "warning"
    """info, warning, error or critical."""
    service_name: str = ""
    opened_unix_nano: int
    """When the trouble began in the data, not when the row was written."""
    updated_unix_nano: int
    anomaly_count: int = 0
    scope: str = ""
    fingerprint: str = ""
    """Two anomalies with one fingerprint within the grouping time belong to one incident."""
    owner: str = ""
    """Who looks after it; '' for nobody yet."""

    def _repr_html_(self) -> str:
        return incident_html(self)
