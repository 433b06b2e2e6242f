"""The node `tables.deduplicate`."""

from __future__ import annotations

from typing import Literal

import pathway as pw
from pydantic import Field

from workbench.flow.fields import Column
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class Deduplicate(Node):
    """Keep one row for each combination of values in some columns."""

    by: list[Column] = Field(min_length=1)
    """Columns that make two rows the same."""
    keep: Literal["first", "latest"] = "first"
    """Which of them stays, by when it was read; latest replaces the one before."""

    @property
    def grows(self) -> str:
        return "It remembers every combination; make sure that there are not endlessly many."

    def build(self, rows: Rows) -> Rows:
        newer_wins = self.keep == "latest"
        key = pw.make_tuple(*(rows[name] for name in self.by))
        return rows.deduplicate(value=rows[self.by[0]], instance=key, acceptor=lambda new, old: newer_wins)
