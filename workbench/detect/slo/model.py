"""What a service-level objective is: indicator, objective, window, budgeting and alerts, all frozen values."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from workbench.detect.slo.durations import SECONDS
from workbench.detect.slo.rule_settings import Alerting, Extras
from workbench.facts.evidence import Frozen
from workbench.semconv import Table
from workbench.signals.burn_rates import BurnWindow, Severity, alert_windows


class Budgeting(StrEnum):
    """What the error budget is counted in."""

    OCCURRENCES = "occurrences"
    """Events: good ones among all."""
    TIMESLICES = "timeslices"
    """Slices of time: good when their share of good events reaches the slice target."""
    RATIO_TIMESLICES = "ratio-timeslices"
    """Slices of time, each with its own share of good events."""


class Missing(StrEnum):
    """What a slice of time without any event counts as."""

    EXCLUDED = "excluded"
    GOOD = "good"
    BAD = "bad"


class Rows(Frozen):
    """Rows of the workspace's telemetry. All conditions hold together; an empty one does not restrict."""

    kind: Literal["rows"] = "rows"
    table: Table
    equals: dict[str, str] = {}
    """Column (or `attributes.NAME`) -> exact text."""
    one_of: dict[str, list[str]] = {}
    contains: dict[str, str] = {}
    at_least: dict[str, float] = {}
    """Column (or `duration_ms` of spans) -> smallest value."""
    at_most: dict[str, float] = {}
    counts: Literal["rows", "value", "increase"] = "rows"
    """What a row adds: 1, the value of a metric, or by how much a counter grew since the row before of its series."""


class Expression(Frozen):
    """A query in another system's language. It is kept for export; this workbench does not run it."""

    kind: Literal["expression"] = "expression"
    text: str
    source_type: str = ""
    """Such as Prometheus."""
    source_ref: str = ""
    """Name of an OpenSLO DataSource."""
    spec: dict[str, Any] = {}
    """All fields as they were given."""


Query = Annotated[Rows | Expression, Field(discriminator="kind")]


class Ratio(Frozen):
    """Good or bad events among all."""

    kind: Literal["ratio"] = "ratio"
    good: Query | None = None
    bad: Query | None = None
    """Exactly one of good and bad is there."""
    total: Query


class Threshold(Frozen):
    """Values that are good while they are on the right side of a limit."""

    kind: Literal["threshold"] = "threshold"
    query: Query
    op: Literal["lt", "lte", "gt", "gte"]
    value: float


class Raw(Frozen):
    """Samples that are ratios already."""

    kind: Literal["raw"] = "raw"
    query: Query
    is_success: bool
    """Whether 1 is all good; otherwise 1 is all bad."""


Indicator = Annotated[Ratio | Threshold | Raw, Field(discriminator="kind")]


class Rolling(Frozen):
    """The last so many seconds, at any time."""

    kind: Literal["rolling"] = "rolling"
    text: str
    """As it was written, such as 30d."""
    seconds: int = Field(gt=0)


class Calendar(Frozen):
    """Periods of the calendar: the budget is full again at the begin of each."""

    kind: Literal["calendar"] = "calendar"
    count: int = Field(gt=0)
    unit: Literal["h", "d", "w", "M", "Q", "Y"]
    start: str
    """Local time at which some period began, ISO 8601 without offset."""
    zone: str
    """Name in the IANA time zone database."""


Window = Annotated[Rolling | Calendar, Field(discriminator="kind")]


class Alert(Frozen):
    """An alert that a specification names itself: the burn rate over one window is above (or below) a limit."""

    name: str
    severity: str
    op: Literal["lt", "lte", "gt", "gte"] = "gt"
    burn_rate: float
    lookback_s: int
    after_s: int = 0


class Slo(Frozen):
    """One objective of one service."""

    name: str
    service: str
    display_name: str = ""
    description: str = ""
    indicator: Indicator
    indicator_name: str = ""
    objective: float = Field(ge=0, lt=100)
    """Percent of events or slices that have to be good."""
    window: Window
    budgeting: Budgeting = Budgeting.OCCURRENCES
    slice_s: int = 60
    slice_target: float | None = None
    """Share of good events, 0..1, from which on a slice is good."""
    missing: Missing = Missing.EXCLUDED
    alerts: list[Alert] = []
    alerting: Alerting = Alerting()
    labels: dict[str, str] = {}
    extras: Extras = Extras()
    origin: str = ""
    """File and document it was read from."""
    form: str = "openslo/v1"
    """Form of the specification it was read from."""
    form_name: str = ""
    """Name in that specification, where one document gives several objectives."""
    burn_windows: list[BurnWindow] = []
    """Pairs of windows from an AlertWindows document; empty for the usual ones."""

    @property
    def key(self) -> str:
        """What tells it apart: service and name."""
        return f"{self.service}/{self.name}"

    @property
    def budget_share(self) -> Fraction:
        """Share of events or slices that may be bad, exactly as the decimal number in the file says."""
        return 1 - Fraction(repr(self.objective)) / 100

    @property
    def period_s(self) -> int:
        """Length of the window in seconds; of a usual one, for calendar windows."""
        if isinstance(self.window, Rolling):
            return self.window.seconds
        return self.window.count * SECONDS[self.window.unit]

    def pairs(self) -> tuple[BurnWindow, ...]:
        """Return the pairs of windows that it is watched with."""
        wanted: dict[Severity, bool] = {"page": self.alerting.page.enabled, "ticket": self.alerting.ticket.enabled}
        return tuple(one for one in self.burn_windows or alert_windows(self.period_s) if wanted[one.severity])

    def is_latency(self) -> bool:
        """Tell whether it promises speed."""
        return isinstance(self.indicator, Threshold) or any(
            isinstance(query, Rows) and "duration_ms" in {*query.at_least, *query.at_most} for query in self.queries()
        )

    def queries(self) -> list[Rows | Expression]:
        """Return the queries of the indicator."""
        one = self.indicator
        if isinstance(one, Ratio):
            return [query for query in (one.good, one.bad, one.total) if query is not None]
        return [one.query]

    def runs_here(self) -> bool:
        """Tell whether the workbench can compute it on its own telemetry."""
        return all(isinstance(query, Rows) for query in self.queries())
