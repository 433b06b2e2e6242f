"""What the three kinds of windows share: units of time, lateness, forgetting."""

from __future__ import annotations

from typing import Any, Literal

import pathway as pw
from pydantic import Field

from workbench.flow.aggregates import Aggregate, prepare, reduced
from workbench.flow.fields import Column, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows

PER_SECOND = {"ns": 1_000_000_000, "us": 1_000_000, "ms": 1000, "s": 1}


class WindowNode(Node):
    """Settings of every window node."""

    time_column: Column = "time_unix_nano"
    """Column of whole numbers that tells when a row happened."""
    time_unit: Literal["ns", "us", "ms", "s"] = "ns"
    """Unit of the time column."""
    by: Column | None = None
    """Make windows for each value of this column by itself."""
    aggregates: dict[NewColumn, Aggregate] = Field(default={"count": Aggregate()}, min_length=1)
    """Output columns and how they are made of the rows of a window."""
    delay_s: float = Field(0.0, ge=0)
    """Wait so long (in the rows' time) before a window is first put out; fewer corrections, later results."""
    cutoff_s: float | None = Field(None, ge=0)
    """Rows later than this are ignored and old windows forgotten; without it an endless run keeps all windows."""
    keep_results: bool = True
    """Keep the results of windows that are forgotten; otherwise they are taken back."""

    @property
    def grows(self) -> str:
        """Windows are forgotten only behind a cutoff."""
        return "" if self.cutoff_s is not None else "Set `cutoff_s`: rows later than that are ignored."

    def ticks(self, seconds: float) -> int:
        """Return seconds in units of the time column, at least 1 unless it is 0."""
        return max(1, round(seconds * PER_SECOND[self.time_unit])) if seconds else 0

    def windowed(self, rows: Rows, window: Any) -> Rows:
        """Return one row per window: the value of `by`, its start and end, and the aggregates."""
        behavior = None
        if self.delay_s or self.cutoff_s is not None:
            cutoff = None if self.cutoff_s is None else self.ticks(self.cutoff_s)
            behavior = pw.temporal.common_behavior(self.ticks(self.delay_s), cutoff, self.keep_results)
        rows = prepare(rows, self.aggregates)
        grouped = rows.windowby(
            rows[self.time_column],
            window=window,
            behavior=behavior,
            instance=rows[self.by] if self.by is not None else None,
        )
        by = {self.by: pw.this._pw_instance} if self.by is not None else {}
        return grouped.reduce(
            **by,
            window_start=pw.this._pw_window_start,
            window_end=pw.this._pw_window_end,
            **reduced(self.aggregates),
        )
