"""Diagnosis: the answer to 'what broke first, why, how sure are we'."""

from __future__ import annotations

from enum import StrEnum

from workbench.facts.evidence import Evidence, Frozen
from workbench.facts.show import causes_html, diagnosis_html


class Verdict(StrEnum):
    """Whether anything is wrong at all."""

    INCIDENT = "incident"
    HEALTHY = "healthy"
    UNKNOWN = "unknown"
    """Too little data to tell."""


class IncidentKind(StrEnum):
    """What the users of the system notice."""

    ERROR = "error"
    LATENCY = "latency"
    DOWNTIME = "downtime"
    METRIC = "metric"


class Cause(Frozen):
    """One ranked root cause."""

    rank: int
    service_name: str
    fault_type: str | None = None
    """Such as cpu, memory, network_delay, exception, return, dependency_down, disk, pool_exhaustion, config."""
    confidence: float
    """0..1; the causes of one diagnosis need not add up to 1."""
    score: float = 0.0
    service_instance_id: str = ""
    host_name: str = ""
    first_seen_unix_nano: int | None = None
    path: list[str] = []
    """Services from this cause to where the users notice it."""
    evidence: list[Evidence] = []
    """For and against; see `Evidence.supports`."""
    missing: list[str] = []
    """What was not in the data, and which query would settle it."""

    def _repr_html_(self) -> str:
        return causes_html([self], heading="Cause")


class TimelineEntry(Frozen):
    """One dated thing that happened."""

    time_unix_nano: int
    kind: str
    """onset, change, anomaly, first_error, cause, recovery, ..."""
    service_name: str = ""
    text: str


class Action(Frozen):
    """What to do next, chosen by rules."""

    title: str
    why: str
    risk: str = "low"
    """low, medium or high."""
    command: str = ""
    """An example command or query, if there is one; never run by itself."""


class Diagnosis(Frozen):
    """Everything that was found out about one case."""

    case: str
    verdict: Verdict
    kind: IncidentKind | None = None
    reason: str
    """One sentence: why this verdict."""
    onset_unix_nano: int | None = None
    onset_given: bool = False
    """True when the caller named the time; otherwise it was detected."""
    causes: list[Cause] = []
    contributing: list[str] = []
    timeline: list[TimelineEntry] = []
    impact: list[str] = []
    """Sentences with numbers: error rate, latency, requests affected."""
    actions: list[Action] = []
    not_known: list[str] = []
    edges: list[tuple[str, str]] = []
    """Caller -> callee pairs of the topology that was used."""
    services: list[str] = []
    """All services that were looked at."""
    baseline: str = ""
    """What healthy behaviour was taken from."""
    seconds: float = 0.0

    def _repr_html_(self) -> str:
        return diagnosis_html(self)
