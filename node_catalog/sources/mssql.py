"""The node `sources.mssql`."""

from __future__ import annotations

from typing import ClassVar

from node_catalog._databases.mssql import MSSQL, MssqlServer
from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.sqlreading import SqlPoller, SqlTable


class Mssql(SqlTable, MssqlServer):
    """Read a table or view of SQL Server, once or again and again by a column that grows, such as a rowversion.

    Deleted rows are not seen, and changed ones only when `increasing` grows with each change and `key` tells the rows
    apart.
    """

    tested = "recorded"

    example: ClassVar[Example | None] = asks(
        {
            "host": "127.0.0.1",
            "database": "shop",
            "user": "causeway",
            "password": "${secret:mssql_shop_password}",
            "table": "orders",
            "increasing": "id_",
            "columns": {"id_": "integer", "state": "text"},
        }
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(SqlPoller(self, source, lambda: self.connected(secrets), MSSQL, self.where))
