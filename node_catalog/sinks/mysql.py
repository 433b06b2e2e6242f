"""The node `sinks.mysql`."""

from __future__ import annotations

from typing import ClassVar

from node_catalog._databases.mysql import MYSQL, MysqlServer
from workbench.flow.example import Example, asks
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.sqlwriting import SqlOutput


class MysqlOutput(SqlOutput, MysqlServer):
    """Write rows to a table of MySQL or MariaDB: the present rows by a key, or every row that comes.

    A table that is there already needs a primary or unique key on the columns of `key`. Texts in a key have up to 255
    characters. Times are kept in UTC, durations as seconds.
    """

    tested = "real server"

    example: ClassVar[Example | None] = asks(
        {
            "host": "127.0.0.1",
            "database": "shop",
            "user": "causeway",
            "password": "${secret:mysql_shop_password}",
            "table": "errors",
            "key": ["service"],
        }
    )

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_sql(rows, lambda: self.connected(secrets), MYSQL, self.where, sink)
