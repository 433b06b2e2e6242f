"""The node `sources.jsonlines`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import ColumnType, InputPath, NewColumn
from workbench.flow.linereading import LineSource
from workbench.flow.lines import Line
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import rows_of
from workbench.flow.types import TYPES
from workbench.flow.values import row_from


class Jsonlines(Node):
    """Read rows from files with one JSON object per line.

    A line that is not an object, or whose value does not fit its column, is counted and kept as a rejected row.
    """

    delivery = "exactly-once"

    path: InputPath
    """File, folder of files, or pattern such as logs/*.jsonl; .gz is unpacked."""
    columns: dict[NewColumn, ColumnType] = Field(min_length=1)
    """Fields to read and their types; other fields are ignored."""
    missing: Literal["reject", "empty"] = "reject"
    """What to do with a row that lacks a field: reject it, or take an empty text, 0 or false."""
    follow: bool = False
    """Go on reading while the files grow, until the run is stopped."""

    @property
    def endless(self) -> bool:
        return self.follow

    example: ClassVar[Example | None] = reads(
        {"path": "a.jsonl", "columns": {"name": "text", "ms": "number"}},
        grid("name ms", ("cart", 12.5), ("pay", 8.0)),
        {"a.jsonl": '{"name": "cart", "ms": 12.5, "pod": "cart-1"}\n{"name": "pay", "ms": 8}\n'},
    )

    def build(self, *, source: Source) -> Rows:
        subject = JsonlinesReader(self.path, self.columns, self.missing == "empty", self.follow, source)
        return rows_of(subject, {name: TYPES[kind] for name, kind in self.columns.items()})


class JsonlinesReader(LineSource):
    """Makes a row of each line."""

    def __init__(
        self, path: str, columns: Mapping[str, ColumnType], lenient: bool, follow: bool, source: Source
    ) -> None:
        super().__init__(path, follow, source)
        self.columns, self.lenient = columns, lenient

    def take_line(self, line: Line) -> None:
        """Put the row of a line; empty ones are left out."""
        if not line.text.strip():
            return
        try:
            self.put(self._row(line.text))
        except ValueError as error:
            self.source.reject(uri=line.uri, line=line.number, reason=str(error), raw=line.text)

    def _row(self, text: str) -> tuple[Any, ...]:
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from error
        return row_from(found, self.columns, lenient=self.lenient)
