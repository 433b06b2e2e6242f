"""The node `sources.workspace_table`."""

from __future__ import annotations

from typing import ClassVar, Literal

from workbench.flow.example import Example, asks
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import ReadTable, Source
from workbench.flow.source import RowSource, rows_of
from workbench.semconv import COLUMNS, Table

TYPES = {"BIGINT": int, "INTEGER": int, "DOUBLE": float, "VARCHAR": str}


class StoredTable(Node):
    """Read the rows of a telemetry table of the workspace, once, in the order they were stored."""

    table: Literal["logs", "spans", "metrics", "events"]
    """Table to read."""
    scope: str | None = None
    """Data set to read, such as the name of an import or the id of a run; empty reads all."""
    start_unix_nano: int | None = None
    """Only rows from this time on, UTC nanoseconds."""
    end_unix_nano: int | None = None
    """Only rows before this time, UTC nanoseconds."""

    example: ClassVar[Example | None] = asks({"table": "logs"})

    def build(self, *, source: Source, read_table: ReadTable) -> Rows:
        columns = {name: TYPES[kind] for name, kind in COLUMNS[Table(self.table)].items()}
        return rows_of(StoredTableReader(self, read_table, source), columns)


class StoredTableReader(RowSource):
    """Asks the workspace for the rows."""

    def __init__(self, settings: StoredTable, read_table: ReadTable, source: Source) -> None:
        super().__init__(source)
        self.settings, self.read_table = settings, read_table

    def read(self) -> None:
        """Put every row."""
        chosen = self.settings
        for batch in self.read_table(chosen.table, chosen.scope, chosen.start_unix_nano, chosen.end_unix_nano):
            for row in batch:
                self.put(row)
            if self.source.stop.is_set():
                return
