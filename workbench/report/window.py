"""Chooses the time that a report draws: around the onset, not all that was ever recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND, TIME_COLUMN, Table

BEFORE_S, AFTER_S = 1800.0, 3600.0
MOST_BUCKETS = 120
_BUCKETS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time in UTC nanoseconds; the end is exclusive."""

    start: int
    end: int
    onset: int | None = None

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end - self.start) / NANOS_PER_SECOND

    @property
    def bucket_s(self) -> float:
        """The narrowest round bucket that gives at most `MOST_BUCKETS` of them, in seconds."""
        return float(next((width for width in _BUCKETS_S if self.seconds / width <= MOST_BUCKETS), _BUCKETS_S[-1]))

    @property
    def compared_s(self) -> float:
        """Seconds before and after the onset that can be compared like with like; 0 without an onset inside."""
        if self.onset is None:
            return 0.0
        return max(0.0, min(self.onset - self.start, self.end - self.onset) / NANOS_PER_SECOND)


def window_of(telemetry: Telemetry, onset: int | None) -> Window | None:
    """Return the time to draw: all of the telemetry, or half an hour before and an hour after the onset."""
    extent = telemetry.extent()
    if extent is None:
        return None
    start, end = extent[0], extent[1] + 1
    if onset is None or not start <= onset < end:
        return Window(start, end)
    before, after = int(BEFORE_S * NANOS_PER_SECOND), int(AFTER_S * NANOS_PER_SECOND)
    return Window(max(start, onset - before), min(end, onset + after), onset)


def within(telemetry: Telemetry, window: Window) -> Telemetry:
    """Return the rows of the window; edges and states have no time of their own and all stay."""
    frames: dict[str, Any] = {}
    for table in Table:
        frame = telemetry.frame(table)
        column = TIME_COLUMN[table]
        if column:
            time = frame[column].to_numpy()
            frame = frame[(time >= window.start) & (time < window.end)]
        frames[table.value] = frame
    return Telemetry(**frames)
