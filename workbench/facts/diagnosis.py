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


class Action(Frozen):
    """What to do next, chosen by rules."""

    title: str
    why: str
    risk: str = "low"
    """low, medium or high."""
    command: str = ""
    """An example command or query, if there is one; never run by itself."""


class FailureMode(Frozen):
    """A known way to fail that was recognised in the telemetry."""

    signature_id: str
    """Id of the signature; the runbook has the same."""
    title: str
    category: str
    """Such as resource_exhaustion, configuration_error, infrastructure."""
    role: str = "cause"
    """`cause` or `symptom`."""
    subject: str
    """What fails: a pod, a node, a database, a service."""
    subject_kind: str = ""
    service_name: str = ""
    namespace: str = ""
    confidence: float
    """0..1."""
    first_seen_unix_nano: int | None = None
    last_seen_unix_nano: int | None = None
    active: bool = True
    """False when it is over, or was excluded; `over` says why."""
    sentence: str
    """What happens, with the values that were found."""
    over: str = ""
    consequence_of: str = ""
    """Id of the mode that explains this one."""
    consequence: str = ""
    """The same in words."""
    evidence: list[Evidence] = []
    ruled_out: list[str] = []
    """Sentences that rule other explanations out."""
    fault_types: list[str] = []
    steps: list[Action] = []


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
    independent: bool = False
    """True for each of several causes that do not explain one another: faults at the same time."""
    path: list[str] = []
    """Services from this cause to where the users notice it."""
    evidence: list[Evidence] = []
    """For and against; see `Evidence.supports`."""
    missing: list[str] = []
    """What was not in the data, and which query would settle it."""
    failure_mode: str = ""
    """The known failure mode that this cause shows, in one sentence."""

    def _repr_html_(self) -> str:
        return causes_html([self], heading="Cause")


class TimelineEntry(Frozen):
    """One dated thing that happened."""

    time_unix_nano: int
    kind: str
    """onset, change, anomaly, first_error, cause, recovery, ..."""
    service_name: str = ""
    text: str


class Diagnosis(Frozen):
    """Everything that was found out about one case."""

    case: str
    verdict: Verdict
    kind: IncidentKind | None = None
    reason: str
    """One sentence: why this verdict."""
    onset_unix_nano: int | None = None
    ended_unix_nano: int | None = None
    """When it ended, if it was over before the data ends."""
    onset_given: bool = False
    """True when the caller named the time; otherwise it was detected."""
    causes: list[Cause] = []
    contributing: list[str] = []
    timeline: list[TimelineEntry] = []
    impact: list[str] = []
    """Sentences with numbers: error rate, latency, requests affected."""
    actions: list[Action] = []
    failure_modes: list[FailureMode] = []
    """Known failure modes, causes before their consequences, those that are over last."""
    ruled_out: list[str] = []
    """What looks like a cause and is none, and why."""
    explained: dict[str, str] = {}
    """Service -> why what is seen there comes from another one, for services that are no candidates for that."""
    checked: list[str] = []
    """What was looked at and found in order."""
    notable: list[str] = []
    """What else stands out in texts that were saved: errors, alerts, changes, failed commands, missing names."""
    not_known: list[str] = []
    edges: list[tuple[str, str]] = []
    """Caller -> callee pairs of the topology that was used."""
    services: list[str] = []
    """All services that were looked at."""
    baseline: str = ""
    """What healthy behaviour was taken from."""
    seconds: float = 0.0
    lead: str = ""
    """The kind of sign that decides the order, such as `delay of the calls`."""
    signs: dict[str, dict[str, float]] = {}
    """Service -> kind of sign -> strength, for every service that shows one; 1 is the edge of what was seen while
    healthy.
    """

    def _repr_html_(self) -> str:
        return diagnosis_html(self)
