"""The node `windows.window_join`."""

from __future__ import annotations

from typing import ClassVar

import pathway as pw
from pydantic import Field

from node_catalog.tables._sides import MODES, How, LeftColumn, RightColumn, beside, equal, twice
from workbench.flow.example import Example, example, grid
from workbench.flow.rows import Rows
from workbench.flow.timing import Timed


class WindowJoin(Timed):
    """Put rows of two inputs side by side that lie in the same window of time.

    With `step_s` the windows overlap, and a pair of rows comes once for each window that holds both.
    """

    left_time: LeftColumn = "time_unix_nano"
    """Time of a row of the left input."""
    right_time: RightColumn = "time_unix_nano"
    """Time of a row of the right input."""
    size_s: float = Field(gt=0)
    """Length of a window, in seconds."""
    step_s: float | None = Field(None, gt=0)
    """Time from the begin of one window to the begin of the next; `size_s` when left out."""
    on: dict[LeftColumn, RightColumn] = {}
    """Column of the left input -> column of the right input that has to be equal as well."""
    how: How = "inner"
    """Which rows without a partner are kept; what they lack is empty."""
    suffix: str = Field("_right", min_length=1)
    """Put behind the names of right columns that the left input has too."""

    example: ClassVar[Example | None] = example(
        {"left_time": "t", "right_time": "t", "time_unit": "s", "size_s": 60, "how": "left"},
        grid("t error t_right deploy", (61, "refused", 110, "v2"), (130, "late", None, None)),
        left=grid("t error", (61, "refused"), (130, "late")),
        right=grid("t deploy", (110, "v2"), (59, "v1")),
    )

    @property
    def grows(self) -> str:
        return "The rows of all windows are kept; windows.interval_join has a cutoff."

    def build(self, left: Rows, right: Rows) -> Rows:
        right = twice(left, right)
        self.length(right, self.right_time, 0)
        size = self.length(left, self.left_time, self.size_s)
        window = pw.temporal.tumbling(duration=size)
        if self.step_s is not None:
            window = pw.temporal.sliding(hop=self.length(left, self.left_time, self.step_s), duration=size)
        joined = left.window_join(
            right,
            left[self.left_time],
            right[self.right_time],
            window,
            *equal(left, right, self.on),
            how=MODES[self.how],
        )
        return joined.select(**beside(left, right, self.suffix))
