"""The node `windows.sliding`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw
from pydantic import Field

from workbench.flow.example import Example, example, grid
from workbench.flow.rows import Rows
from workbench.flow.windowing import LateWindowNode


class Sliding(LateWindowNode):
    """Group rows into windows of fixed length that begin at fixed steps and may overlap.

    A row belongs to every window that covers its time: to `size_s / step_s` of them.
    """

    size_s: float = Field(gt=0)
    """Length of a window, in seconds."""
    step_s: float = Field(gt=0)
    """Time from the begin of one window to the begin of the next, in seconds."""

    example: ClassVar[Example | None] = example(
        {"time_column": "t", "time_unit": "s", "size_s": 60, "step_s": 30},
        grid("window_start window_end count", (-30, 30, 1), (0, 60, 2), (30, 90, 1)),
        grid("t", (3,), (40,)),
    )

    def build(self, rows: Rows) -> Rows:
        step, size = (self.length(rows, self.time_column, seconds) for seconds in (self.step_s, self.size_s))
        origin = self.origin(rows, self.step_s)
        return self.windowed(rows, pw.temporal.sliding(hop=step, duration=size, origin=origin))
