"""What the kinds of windows share: the time column, groups, aggregates, lateness, forgetting."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pathway as pw
from pydantic import BeforeValidator, Field

from workbench.flow.aggregates import Aggregate, prepare, reduced
from workbench.flow.fields import Column, NewColumn
from workbench.flow.rows import Rows
from workbench.flow.timing import Timed


def _as_list(value: Any) -> Any:
    # Before there could be several, it was a name or nothing; saved flows still say it so.
    return [] if value is None else [value] if isinstance(value, str) else value


Columns = Annotated[list[Column], BeforeValidator(_as_list)]
"""Names of columns; one alone may be written without a list."""


class WindowNode(Timed):
    """Settings of every window node."""

    time_column: Column = "time_unix_nano"
    """Column that tells when a row happened: of type time, or whole numbers."""
    by: Columns = []
    """Make windows for each combination of values of these columns by itself."""
    aggregates: dict[NewColumn, Aggregate] = Field(default={"count": Aggregate()}, min_length=1)
    """Output columns and how they are made of the rows of a window."""

    def grouped(self, rows: Rows, window: Any, behavior: Any, *, taken_back: bool) -> Rows:
        """Return one row per window: the values of `by`, its start and end, and the aggregates.

        Args:
            rows: The input.
            window: Pathway's window.
            behavior: What Pathway does about late rows and old windows.
            taken_back: Whether a row may leave its window again.
        """
        rows = prepare(rows, self.aggregates, taken_back=taken_back)
        instance = pw.make_tuple(*(rows[name] for name in self.by)) if self.by else None
        windows = rows.windowby(rows[self.time_column], window=window, behavior=behavior, instance=instance)
        return windows.reduce(
            **{name: pw.this._pw_instance[place] for place, name in enumerate(self.by)},
            window_start=pw.this._pw_window_start,
            window_end=pw.this._pw_window_end,
            **reduced(rows, self.aggregates),
        )


class LateWindowNode(WindowNode):
    """Settings of windows whose ends are known before the rows come, so that they can be closed and forgotten."""

    origin_s: float = 0.0
    """A window begins at this time, in seconds since 1970, and others whole steps before and after it."""
    emit: Literal["revised", "once"] = "revised"
    """Put out a window with its first row and revise it, or once only, when its time is over; once needs no cutoff."""
    delay_s: float = Field(0.0, ge=0)
    """Wait so long (in the rows' time) before a window is first put out, or after its end when it is put out once."""
    cutoff_s: float | None = Field(None, ge=0)
    """Rows later than this are ignored and old windows forgotten; without it an endless run keeps all windows."""
    keep_results: bool = True
    """Keep the results of windows that are forgotten; otherwise they are taken back."""

    @property
    def grows(self) -> str:
        """Windows are forgotten only behind a cutoff."""
        forgets = self.cutoff_s is not None or self.emit == "once"
        return "" if forgets else "Set `cutoff_s`: rows later than that are ignored. Or `emit` to once."

    def origin(self, rows: Rows, step_s: float) -> Any:
        """Return the first time at which a window begins; None for any whole number of steps."""
        if not self.origin_s % step_s:
            return None
        # Pathway leaves out rows before the origin, so it has to lie before all of them.
        return self.moment(rows, self.time_column, self.origin_s % step_s - step_s)

    def windowed(self, rows: Rows, window: Any) -> Rows:
        """Return one row per window, put out when the settings say so."""
        delay = self.length(rows, self.time_column, self.delay_s)
        behavior = None
        if self.emit == "once":
            behavior = pw.temporal.exactly_once_behavior(delay if self.delay_s else None)
        elif self.delay_s or self.cutoff_s is not None:
            cutoff = None if self.cutoff_s is None else self.length(rows, self.time_column, self.cutoff_s)
            behavior = pw.temporal.common_behavior(delay, cutoff, self.keep_results)
        return self.grouped(rows, window, behavior, taken_back=behavior is not None)
