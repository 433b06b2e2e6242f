"""What a report holds: everything that any face shows of an incident, as plain values. Nothing here computes."""

from __future__ import annotations

from typing import Literal

from workbench.facts.correlation import SimilarIncident
from workbench.facts.diagnosis import Action, Cause, IncidentKind, TimelineEntry, Verdict
from workbench.facts.evidence import Frozen

FORMAT_VERSION = 1

NodeState = Literal["cause", "affected", "healthy", "unknown"]
"""`unknown` is a service that is only called: nothing was recorded of itself, or not enough to tell."""
PatternChange = Literal["new", "risen", "vanished"]


class Line(Frozen):
    """One line of a chart."""

    name: str
    values: list[float | None]
    """One per time of the chart; None where nothing was measured."""
    cause: bool = False
    """True for the service that is ranked first."""


class Chart(Frozen):
    """Lines over one axis of time."""

    key: str
    title: str
    unit: str
    """Unit of the values, such as % or ms."""
    bucket_s: float
    times_unix_nano: list[int]
    """Start of each bucket, ascending, UTC."""
    lines: list[Line]


class Mark(Frozen):
    """A moment to mark in every chart."""

    time_unix_nano: int
    kind: str
    """onset or change."""
    service_name: str = ""
    label: str


class Node(Frozen):
    """A service in the topology, with its place in the layered drawing."""

    service_name: str
    state: NodeState
    column: int
    """0 for services that nobody calls; callees stand further right."""
    row: float
    """Place within the drawing from the top, in rows."""
    requests: int = 0
    """Requests it answered after the onset."""
    error_rate: float | None = None
    """Share of them that failed, 0..1."""
    rank: int | None = None
    """Place among the causes."""


class Edge(Frozen):
    """One service calls another."""

    caller: str
    callee: str
    failing: bool
    """It lies on the way from the first cause to where users notice it."""
    calls: int = 0
    """Calls that spans show after the onset."""
    error_rate: float | None = None
    """Share of them that failed, 0..1."""


class Topology(Frozen):
    """Who calls whom around the causes."""

    nodes: list[Node] = []
    edges: list[Edge] = []
    left_out: list[str] = []
    """Services that are not drawn, because the drawing would be too large."""


class WaterfallSpan(Frozen):
    """One bar of a waterfall."""

    depth: int
    service_name: str
    span_name: str
    start_ms: float
    """Since the begin of the trace."""
    duration_ms: float
    error: bool
    message: str = ""


class Waterfall(Frozen):
    """The slowest request after the onset."""

    trace_id: str
    started_unix_nano: int
    duration_ms: float
    typical_ms: float | None = None
    """Median of requests of the same name before the onset."""
    spans: list[WaterfallSpan]
    left_out: int = 0
    """Short spans that are not drawn."""


class Pattern(Frozen):
    """A kind of log line whose rate changed at the onset."""

    template_id: str = ""
    """By which `causeway templates show` finds it."""
    template: str
    service_name: str
    severity: str
    change: PatternChange
    before: int
    """Lines in the time before the onset."""
    after: int
    """Lines in the same length of time after it."""
    example: str = ""


class LedgerEntry(Frozen):
    """How one evidence is checked."""

    evidence_id: str
    command: str
    sql: str
    parameters: str
    """As JSON."""
    rows: int
    sha256: str


class Step(Frozen):
    """One step of the investigation."""

    name: str
    seconds: float
    summary: str
    status: str


class ReportContent(Frozen):
    """A report, without any form."""

    format_version: int = FORMAT_VERSION
    incident_id: str | None
    """None when there was nothing to open an incident for."""
    title: str
    case: str
    scope: str = ""
    verdict: Verdict
    kind: IncidentKind | None = None
    severity: str = ""
    reason: str
    also: str = ""
    """What else speaks for the first cause, in one sentence."""
    summary: list[str] = []
    """Up to three sentences: what broke, why, what to do."""
    worded_by: str = "rules"
    """`rules`, or the name of the model that worded the summary."""
    masked: int = 0
    """Personal data and secrets that were replaced."""
    created_unix_nano: int
    start_unix_nano: int | None = None
    """First row that was looked at."""
    end_unix_nano: int | None = None
    onset_unix_nano: int | None = None
    onset_given: bool = False
    rows: dict[str, int] = {}
    """Rows looked at, by table."""
    services: list[str] = []
    baseline: str = ""
    impact: list[str] = []
    causes: list[Cause] = []
    contributing: list[str] = []
    known: list[str] = []
    """Known failure modes, one sentence each, with what they lead to."""
    ruled_out: list[str] = []
    checked: list[str] = []
    """What was looked at and is in order."""
    notable: list[str] = []
    """What else stands out in the texts."""
    timeline: list[TimelineEntry] = []
    marks: list[Mark] = []
    charts: list[Chart] = []
    topology: Topology = Topology()
    waterfall: Waterfall | None = None
    patterns: list[Pattern] = []
    pattern_span_s: float = 0.0
    """Length of the time before and after the onset in which log lines were counted, in seconds."""
    actions: list[Action] = []
    similar: list[SimilarIncident] = []
    """Incidents like this one, the most alike first, with what worked then."""
    not_known: list[str] = []
    ledger: list[LedgerEntry] = []
    steps: list[Step] = []
    seconds: float = 0.0
    """How long the diagnosis took."""
