"""The node `windows.session`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw
from pydantic import Field

from workbench.flow.example import Example, example, grid
from workbench.flow.rows import Rows
from workbench.flow.windowing import WindowNode


class Session(WindowNode):
    """Group rows into windows that end where nothing happens for a while, such as the visit of a user.

    A window is put out with its first row and revised while rows come; a late row may join two windows into one.
    """

    gap_s: float = Field(gt=0)
    """A pause of this length or longer ends a window, in seconds."""
    cutoff_s: float | None = Field(None, ge=0)
    """Rows that come so much too late, in seconds of the rows' time, are ignored."""

    example: ClassVar[Example | None] = example(
        {"time_column": "t", "time_unit": "s", "gap_s": 10, "by": ["user"]},
        grid("user window_start window_end count", ("eve", 3, 15, 3), ("eve", 40, 40, 1), ("bob", 9, 9, 1)),
        grid("t user", (3, "eve"), (9, "bob"), (8, "eve"), (15, "eve"), (40, "eve")),
    )

    @property
    def grows(self) -> str:
        """Pathway keeps the rows of sessions for ever, as their ends are not known before."""
        return "The rows of all sessions are kept, also behind `cutoff_s`; use windows.tumbling where memory counts."

    def build(self, rows: Rows) -> Rows:
        gap = self.length(rows, self.time_column, self.gap_s)
        if self.cutoff_s is not None:
            rows = on_time(rows, self.time_column, self.length(rows, self.time_column, self.cutoff_s))
        return self.grouped(rows, pw.temporal.session(max_gap=gap), None, taken_back=True)


def on_time(rows: Rows, column: str, tolerance: object) -> Rows:
    """Return the rows without those that came too late: pw.temporal has no behavior for sessions."""
    return rows._freeze(rows[column] + tolerance, rows[column])
