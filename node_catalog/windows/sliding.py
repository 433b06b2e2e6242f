"""The node `windows.sliding`."""

from __future__ import annotations

import pathway as pw
from pydantic import Field

from workbench.flow.rows import Rows
from workbench.flow.windowing import WindowNode


class Sliding(WindowNode):
    """Group rows into windows of fixed length that begin at fixed steps and may overlap."""

    size_s: float = Field(gt=0)
    """Length of a window, in seconds."""
    step_s: float = Field(gt=0)
    """Time from the begin of one window to the begin of the next, in seconds."""

    def build(self, rows: Rows) -> Rows:
        window = pw.temporal.sliding(hop=self.ticks(self.step_s), duration=self.ticks(self.size_s))
        return self.windowed(rows, window)
