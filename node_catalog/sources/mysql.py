"""The node `sources.mysql`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from node_catalog._databases.mysql import MYSQL, MysqlServer
from node_catalog._databases.mysqlfollow import MysqlFollower
from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.sqlreading import SqlPoller, SqlTable


class Mysql(SqlTable, MysqlServer):
    """Read a table of MySQL or MariaDB: once, by a column that grows, or with every change from the binary log.

    With a key and without `increasing`, new, changed and deleted rows are followed: the server needs log_bin,
    binlog_format = ROW, binlog_row_image = FULL and binlog_row_metadata = FULL, the user REPLICATION SLAVE and
    REPLICATION CLIENT (MariaDB: BINLOG MONITOR). Times are taken as UTC.
    """

    tested = "real server"

    example: ClassVar[Example | None] = asks(
        {
            "host": "127.0.0.1",
            "database": "shop",
            "user": "causeway",
            "password": "${secret:mysql_shop_password}",
            "table": "orders",
            "key": ["id_"],
            "columns": {"id_": "integer", "state": "text"},
        }
    )

    def replicates(self) -> bool:
        """Changes are in the server's log; the key says whose."""
        return bool(self.key)

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        if self.follow and self.increasing is None:
            return followed(MysqlFollower(self, self, source, secrets))
        return followed(MysqlPoller(self, source, lambda: self.connected(secrets), MYSQL, self.where))


class MysqlPoller(SqlPoller):
    """Reads a table row by row, so that a large one does not come at once."""

    def rows(self, connection: Any, sql: str, values: tuple[Any, ...]) -> Iterator[Sequence[Any]]:
        """Yield the rows of a query."""
        from pymysql.cursors import SSCursor

        with connection.cursor(SSCursor) as cursor:
            cursor.execute(sql, values)
            yield from cursor
        connection.rollback()
