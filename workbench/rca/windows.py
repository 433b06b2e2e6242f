"""Says which rows are the test and which are the baseline."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND

GUARD_S = 60
"""Rows this close before the onset are neither healthy nor faulty: an onset is known to about a minute."""
RECENT_S = 360
"""Without a time, metrics are asked about the last six minutes: the incident is the one that is on now."""
NESTED = (0.0, 1 / 3, 2 / 3)
"""Without a time, traces are looked at whole and from these shares of their time on."""


@dataclass(frozen=True, slots=True)
class Window:
    """Where the test begins, in UTC nanoseconds."""

    since: int | None
    """Spans and logs from here on are the test; None takes all of them."""
    metrics_since: int
    metrics_before: int
    """Metric rows before this are the case's own baseline."""
    edges_since: int
    """Minutes of edges from here on are the test: a row describes the minute before it."""
    spans_before: int | None = None
    """Spans that end before this are the case's own baseline; None: those before `since`."""

    @property
    def nested(self) -> tuple[float, ...]:
        """Shares of the test's time at which nested windows begin."""
        return (0.0,) if self.since is not None else NESTED


def seconds(value: float) -> int:
    """Return nanoseconds."""
    return int(value * NANOS_PER_SECOND)


def from_time(at: int, *, guard_s: float = GUARD_S, exact: bool = True) -> Window:
    """Return the window of a case whose onset is known to be at `at` (ns), or at about that time (not `exact`)."""
    guarded = at - seconds(guard_s)
    return Window(at, at, guarded, at + seconds(15), at if exact else guarded)


def recent(telemetry: Telemetry, *, guard_s: float = GUARD_S) -> Window:
    """Return the window of a case whose onset is not known."""
    metrics = telemetry.metrics
    extent = telemetry.extent()
    last = int(metrics["time_unix_nano"].max()) if len(metrics) else (extent[1] if extent else 0)
    start = last + seconds(60) - seconds(RECENT_S)
    return Window(None, start, start - seconds(guard_s), start + seconds(15))
