"""The node `tables.deduplicate`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import pathway as pw
from pydantic import Field, model_validator

from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Deduplicate(Node):
    """Keep one row for each combination of values in some columns.

    It looks at rows as they come and does not take back what it decided when its input takes a row back.
    """

    by: list[Column] = Field(min_length=1)
    """Columns that make two rows the same."""
    keep: Literal["first", "latest", "largest", "smallest", "changes"] = "first"
    """Which of them stays: by when it was read; by the values of `of`; or the last one whose `of` was another."""
    of: list[Column] = []
    """Columns that decide for largest, smallest and changes."""

    example: ClassVar[Example | None] = example(
        {"by": ["service"], "keep": "largest", "of": ["ms"]},
        grid("service ms", ("cart", 7), ("pay", 3)),
        grid("service ms", ("cart", 5), ("cart", 7), ("pay", 3)),
    )

    @model_validator(mode="after")
    def _fits(self) -> Deduplicate:
        if bool(self.of) != (self.keep in ("largest", "smallest", "changes")):
            raise ValueError(f"{self.keep} needs `of`" if not self.of else f"`of` does not go with {self.keep}")
        return self

    @property
    def grows(self) -> str:
        return "It remembers every combination; make sure that there are not endlessly many."

    def build(self, rows: Rows) -> Rows:
        key = pw.make_tuple(*(rows[name] for name in self.by))
        value = pw.make_tuple(*(rows[name] for name in self.of or self.by))
        return rows.deduplicate(value=value, instance=key, acceptor=ACCEPTORS[self.keep])


def _larger(new: Any, old: Any) -> bool:
    return _order(new) > _order(old)


def _smaller(new: Any, old: Any) -> bool:
    return _order(new) < _order(old)


def _order(values: Any) -> list[tuple[bool, Any]]:
    # A missing value is smaller than any other.
    return [(value is not None, value if value is not None else 0) for value in values]


ACCEPTORS: dict[str, Callable[[Any, Any], bool]] = {
    "first": lambda new, old: False,
    "latest": lambda new, old: True,
    "largest": _larger,
    "smallest": _smaller,
    "changes": lambda new, old: bool(new != old),
}
"""Whether a new row replaces the one that is kept."""
