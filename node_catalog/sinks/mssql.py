"""The node `sinks.mssql`."""

from __future__ import annotations

from typing import ClassVar

from node_catalog._databases.mssql import MSSQL, MssqlServer
from workbench.flow.example import Example, asks
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.sqlwriting import SqlOutput


class MssqlOutput(SqlOutput, MssqlServer):
    """Write rows to a table of SQL Server: the present rows by a key, or every row that comes.

    Texts in a key have up to 400 characters. Times are kept in UTC, durations as seconds, JSON as text.
    """

    tested = "recorded"

    example: ClassVar[Example | None] = asks(
        {
            "host": "127.0.0.1",
            "database": "shop",
            "user": "causeway",
            "password": "${secret:mssql_shop_password}",
            "table": "errors",
            "key": ["service"],
        }
    )

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_sql(rows, lambda: self.connected(secrets), MSSQL, self.where, sink)
