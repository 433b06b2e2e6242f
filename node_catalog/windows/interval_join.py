"""The node `windows.interval_join`."""

from __future__ import annotations

from typing import Any, ClassVar

import pathway as pw
from pydantic import Field, model_validator

from node_catalog.tables._sides import MODES, How, LeftColumn, RightColumn, beside, equal, twice
from workbench.flow.example import Example, example, grid
from workbench.flow.rows import Rows
from workbench.flow.timing import Timed


class IntervalJoin(Timed):
    """Put rows of two inputs side by side that happened at about the same time, such as errors after a deployment.

    A row of the right input is a partner when its time lies between `from_s` and `to_s` seconds after the left one's.
    """

    left_time: LeftColumn = "time_unix_nano"
    """Time of a row of the left input."""
    right_time: RightColumn = "time_unix_nano"
    """Time of a row of the right input."""
    from_s: float
    """Begin of the interval, in seconds after the left row; negative for before it."""
    to_s: float
    """End of the interval, which belongs to it."""
    on: dict[LeftColumn, RightColumn] = {}
    """Column of the left input -> column of the right input that has to be equal as well."""
    how: How = "inner"
    """Which rows without a partner are kept; what they lack is empty."""
    suffix: str = Field("_right", min_length=1)
    """Put behind the names of right columns that the left input has too."""
    cutoff_s: float | None = Field(None, ge=0)
    """Rows later than this are ignored and old rows forgotten; without it an endless run keeps all rows."""

    example: ClassVar[Example | None] = example(
        {"left_time": "t", "right_time": "t", "time_unit": "s", "from_s": 0, "to_s": 60, "on": {"service": "service"}},
        grid("t service version t_right service_right error", (100, "cart", "v2", 130, "cart", "refused")),
        left=grid("t service version", (100, "cart", "v2")),
        right=grid("t service error", (130, "cart", "refused"), (170, "cart", "late"), (110, "pay", "other")),
    )

    @model_validator(mode="after")
    def _ordered(self) -> IntervalJoin:
        if self.to_s < self.from_s:
            raise ValueError(f"the interval ends at {self.to_s:g} s before it begins at {self.from_s:g} s")
        return self

    @property
    def grows(self) -> str:
        return "" if self.cutoff_s is not None else "Set `cutoff_s`: rows later than that are ignored."

    def build(self, left: Rows, right: Rows) -> Rows:
        right = twice(left, right)
        self.length(right, self.right_time, 0)
        low, high = (self.length(left, self.left_time, seconds) for seconds in (self.from_s, self.to_s))
        forgetting: dict[str, Any] = {}
        if self.cutoff_s is not None:
            cutoff = self.length(left, self.left_time, self.cutoff_s)
            forgetting["behavior"] = pw.temporal.common_behavior(cutoff=cutoff)
        joined = left.interval_join(
            right,
            left[self.left_time],
            right[self.right_time],
            pw.temporal.interval(low, high),
            *equal(left, right, self.on),
            how=MODES[self.how],
            **forgetting,
        )
        return joined.select(**beside(left, right, self.suffix))
