"""The node `sinks.sqlite`."""

from __future__ import annotations

import sqlite3
from typing import ClassVar

from node_catalog._databases.files import will_be_made
from node_catalog._databases.sqlite import SQLITE, connected, fate, tables
from workbench.flow.example import Example, grid, writes
from workbench.flow.fields import OutputFile
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.sql import translated
from workbench.flow.sqlwriting import SqlOutput


class SqliteOutput(SqlOutput):
    """Write rows to a table of a SQLite file: the present rows by a key, or every row that comes.

    Times are kept as text in UTC, durations as seconds, JSON as text.
    """

    tested = "real library"

    path: OutputFile
    """The database file; it is made when it is not there."""

    example: ClassVar[Example | None] = writes(
        {"path": "out.db", "table": "items", "key": ["name"]},
        grid("name ms", ("cart", 12.5), ("pay", 8.0)),
        {"out.db": '{"name": "cart", "ms": 12.5}\n{"name": "pay", "ms": 8.0}\n'},
    )

    def probe(self, *, secrets: Secrets) -> str:
        """Open the file; one that is not there is not made."""
        if made := will_be_made(self.path):
            return made
        with translated(self.path, fate), connected(self.path, write=True) as connection:
            return f"{self.path}: SQLite {sqlite3.sqlite_version}, {tables(connection)} tables."

    def build(self, rows: Rows, *, sink: Sink) -> None:
        self.write_sql(rows, lambda: connected(self.path, write=True), SQLITE, self.path, sink)
