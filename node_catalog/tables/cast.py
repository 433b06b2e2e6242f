"""The node `tables.cast`."""

from __future__ import annotations

import pathway as pw
from pydantic import Field

from workbench.flow.fields import Column, ColumnType
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import TYPES


class Cast(Node):
    """Change the types of columns. A row whose value cannot be converted is counted as rejected."""

    columns: dict[Column, ColumnType] = Field(min_length=1)
    """Column -> its new type."""

    def build(self, rows: Rows) -> Rows:
        return rows.with_columns(
            **{name: pw.cast(TYPES[kind], rows[name]) for name, kind in self.columns.items()},
        )
