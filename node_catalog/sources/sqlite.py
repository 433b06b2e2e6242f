"""The node `sources.sqlite`."""

from __future__ import annotations

import sqlite3
from typing import ClassVar

from node_catalog._databases.sqlite import SQLITE, connected, tables
from workbench.errors import SystemUnfit
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import InputFile
from workbench.flow.following import followed
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.sqlreading import SqlPoller, SqlTable


class Sqlite(SqlTable):
    """Read a table or view of a SQLite file, once or again and again by a column that grows.

    SQLite tells nobody about its changes, so deleted rows are not seen, and changed ones only when `increasing` is a
    column that grows with each change.
    """

    tested = "real library"

    path: InputFile
    """The database file; it is only read."""

    example: ClassVar[Example | None] = reads(
        {"path": "a.db", "table": "items", "columns": {"name": "text", "ms": "number"}, "follow": False},
        grid("name ms:number", ("cart", 12.5), ("pay", None)),
        {"a.db": "CREATE TABLE items (name TEXT, ms REAL);\nINSERT INTO items VALUES ('cart', 12.5), ('pay', NULL);\n"},
    )

    def build(self, *, source: Source) -> Rows:
        return followed(SqlPoller(self, source, lambda: connected(self.path, write=False), SQLITE, self.path))

    def probe(self, *, secrets: Secrets) -> str:
        """Open the file."""
        try:
            with connected(self.path, write=False) as connection:
                return f"{self.path}: SQLite {sqlite3.sqlite_version}, {tables(connection)} tables"
        except sqlite3.DatabaseError as error:
            raise SystemUnfit(self.path, str(error)) from error
