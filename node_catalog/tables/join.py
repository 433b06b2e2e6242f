"""The node `tables.join`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from node_catalog.tables._sides import MODES, How, LeftColumn, RightColumn, beside, equal, same_keys, twice
from workbench.flow.example import Example, example, grid
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Join(Node):
    """Put rows of two inputs side by side where columns are equal.

    The output has all columns of both; a column of the right input whose name is taken gets `suffix`.
    """

    on: dict[LeftColumn, RightColumn] = Field(min_length=1)
    """Column of the left input -> column of the right input that has to be equal."""
    how: How = "inner"
    """Which rows without a partner are kept; what they lack is empty."""
    suffix: str = Field("_right", min_length=1)
    """Put behind the names of right columns that the left input has too."""

    example: ClassVar[Example | None] = example(
        {"on": {"service": "name"}, "how": "left"},
        grid("service ms name team", ("cart", 5, "cart", "red"), ("pay", 7, None, None)),
        left=grid("service ms", ("cart", 5), ("pay", 7)),
        right=grid("name team", ("cart", "red")),
    )

    @property
    def grows(self) -> str:
        return "Put a window with a cutoff before it, so that one side ends."

    def build(self, left: Rows, right: Rows) -> Rows:
        right = twice(left, right)
        columns = beside(left, right, self.suffix, without=same_keys(left, right, self.on, self.how))
        return left.join(right, *equal(left, right, self.on), how=MODES[self.how]).select(**columns)
