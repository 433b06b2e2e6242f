"""The node `sources.mssql`."""

from __future__ import annotations

from node_catalog._databases.mssql import MSSQL, MssqlServer
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

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(SqlPoller(self, source, lambda: self.connected(secrets), MSSQL, self.where))
