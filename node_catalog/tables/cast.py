"""The node `tables.cast`."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from workbench.errors import BadInput
from workbench.flow.example import Example, example, grid
from workbench.flow.expression.compiler import compute
from workbench.flow.expression.functions import by_row
from workbench.flow.expression.printing import column
from workbench.flow.fields import Column, ColumnType
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import column_type
from workbench.flow.values import convert

BY_EXPRESSION = {"text": "to_text", "integer": "to_integer", "number": "to_number", "json": "to_json"}


class Cast(Node):
    """Change the types of columns. A row whose value cannot be converted is counted as rejected.

    A missing value stays missing. Numbers become whole by cutting off what is behind the point.
    """

    columns: dict[Column, ColumnType] = Field(min_length=1)
    """Column -> its new type."""

    example: ClassVar[Example | None] = example(
        {"columns": {"status": "integer", "at": "time"}},
        grid("status at:time", (503, "2026-03-10T09:30:00Z")),
        grid("status at", ("503", "10/Mar/2026:09:30:00 +0000")),
    )

    def build(self, rows: Rows) -> Rows:
        return rows.with_columns(**{name: self._converted(rows, name, kind) for name, kind in self.columns.items()})

    def _converted(self, rows: Rows, name: str, kind: ColumnType) -> Any:
        found = column_type(rows, name)
        if found.type == kind:
            return rows[name]
        if kind in BY_EXPRESSION and not (kind == "json" and found.type == "text"):
            return compute(f"{BY_EXPRESSION[kind]}({column(name)})", rows)
        if found.type not in ("text", "integer", "number", "boolean", "unknown"):
            raise BadInput(f"{name} is {found.type}, which cannot become {kind}", hint="See docs/expressions.md")

        def one(value: Any) -> Any:
            return None if value is None else convert(value, kind)

        return by_row(one, kind, rows[name], may_be_none=found.nullable)
