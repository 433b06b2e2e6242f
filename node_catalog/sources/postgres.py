"""The node `sources.postgres`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from pydantic import Field

from node_catalog._databases.pgfollow import PostgresFollower
from node_catalog._databases.postgres import POSTGRES, PostgresServer
from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.sqlreading import FETCH, SqlPoller, SqlTable


class Postgres(SqlTable, PostgresServer):
    """Read a table of PostgreSQL: once, by a column that grows, or with every change from the server's log.

    With a key and without `increasing`, new, changed and deleted rows are followed by logical replication: the server
    needs wal_level = logical, the user the right to replicate and to publish the table. A publication and a slot are
    made. The slot makes the server keep its log until it is read; when the flow is no longer used, drop it:
    SELECT pg_drop_replication_slot('causeway').
    """

    tested = "real server"

    slot: str = Field("causeway", pattern=r"^[a-z0-9_]{1,63}$")
    """Name of the replication slot and of the publication; every node that follows needs one of its own."""

    example: ClassVar[Example | None] = asks(
        {
            "host": "127.0.0.1",
            "database": "shop",
            "user": "causeway",
            "password": "${secret:postgres_shop_password}",
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
            return followed(PostgresFollower(self, self, self.slot, source, secrets))
        return followed(PostgresPoller(self, source, lambda: self.connected(secrets), POSTGRES, self.where))


class PostgresPoller(SqlPoller):
    """Reads a table with a cursor of the server, so that a large one does not come at once."""

    def rows(self, connection: Any, sql: str, values: tuple[Any, ...]) -> Iterator[Sequence[Any]]:
        """Yield the rows of a query."""
        with connection.transaction(), connection.cursor(name="causeway") as cursor:
            cursor.itersize = FETCH
            cursor.execute(sql, values)
            yield from cursor
