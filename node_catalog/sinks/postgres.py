"""The node `sinks.postgres`."""

from __future__ import annotations

from typing import ClassVar

from node_catalog._databases.postgres import POSTGRES, PostgresServer
from workbench.flow.example import Example, asks
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.sqlwriting import SqlOutput


class PostgresOutput(SqlOutput, PostgresServer):
    """Write rows to a table of PostgreSQL: the present rows by a key, or every row that comes.

    With a key, what a run writes again after a crash changes nothing.
    """

    tested = "real server"

    example: ClassVar[Example | None] = asks(
        {
            "host": "127.0.0.1",
            "database": "shop",
            "user": "causeway",
            "password": "${secret:postgres_shop_password}",
            "table": "errors",
            "key": ["service"],
        }
    )

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_sql(rows, lambda: self.connected(secrets), POSTGRES, self.where, sink)
