"""Follows a table of PostgreSQL: a snapshot first, then every change that the server's log has behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from node_catalog._databases.pgoutput import Committed, Decoder, RowChange, Truncated
from node_catalog._databases.pgreplication import ReplicationStream, as_lsn, from_lsn
from node_catalog._databases.postgres import POSTGRES, PostgresServer, fate
from workbench.errors import GiveUp, SystemUnfit
from workbench.flow.following import Follower
from workbench.flow.naming import inside
from workbench.flow.services import Secrets, Source
from workbench.flow.sql import translated
from workbench.flow.sqlreading import SqlTable

FETCH = 1000
TURN_S = 0.2
"""How long one turn of reading lasts before what came is handed over."""
# What tells rows apart in the server's log: the primary key, another index, or all columns.
_IDENTITY = """
SELECT c.relreplident, array(
    SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
    WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END
) FROM pg_class c WHERE c.oid = %s::regclass
"""


class Both(NamedTuple):
    """Two connections: one asks, one listens."""

    asks: Any
    listens: Any


class PostgresFollower(Follower):
    """Reads a table and then the server's log, from the slot's place on."""

    waits = True

    def __init__(self, server: PostgresServer, table: SqlTable, slot: str, source: Source, secrets: Secrets) -> None:
        super().__init__(table, source, table.key)
        self.server, self.table, self.slot, self.secrets = server, table, slot, secrets
        self.where = f"{server.where}/{table.table}"
        self._stream: ReplicationStream | None = None
        self._decoder = Decoder()
        self._loaders: Any = None

    @contextmanager
    def connect(self) -> Iterator[Both]:
        """Open both connections."""
        self._stream = None
        with (
            self.server.connected(self.secrets, autocommit=True) as asks,
            self.server.connected(self.secrets, autocommit=True, replication="database") as listens,
        ):
            yield Both(asks, listens)

    def poll(self, connection: Both) -> None:
        """Take the snapshot, or what came behind the offset."""
        with translated(self.where, fate):
            if self._stream is None:
                self._stream = self._begin(connection)
            if self._stream is None:
                return
            deadline = time.monotonic() + TURN_S
            while not self.stopping and (left := deadline - time.monotonic()) > 0:
                message = self._stream.next(left)
                if message is not None:
                    self._take(connection, self._decoder.decode(message))

    def _begin(self, connection: Both) -> ReplicationStream | None:
        from psycopg.adapt import Transformer

        self._decoder, self._loaders = Decoder(), Transformer(connection.asks)
        if self.offset is None:
            start = self._prepare(connection.asks)
            self._snapshot(connection.asks)
            if self.stopping:
                # Half a snapshot is none: whoever goes on begins it again.
                return None
            self.reached(as_lsn(start))
        elif not self._slot_is_there(connection.asks):
            raise GiveUp(f"{self.where}: the replication slot {self.slot!r} is gone. Run the flow afresh")
        return ReplicationStream(connection.listens, self.slot, self.slot, from_lsn(self.offset or as_lsn(start)))

    def _prepare(self, asks: Any) -> int:
        """Make publication and slot where they are missing; return the place in the log to begin at."""
        self._look_at_identity(asks)
        table = POSTGRES.name(self.table.table).replace("%%", "%")
        if not asks.execute("SELECT 1 FROM pg_publication WHERE pubname = %s", (self.slot,)).fetchone():
            asks.execute(f"CREATE PUBLICATION {POSTGRES.quoted(self.slot)} FOR TABLE {table}")
        there = self._slot_is_there(asks)
        if there and not self._begun:
            asks.execute("SELECT pg_replication_slot_advance(%s, pg_current_wal_lsn())", (self.slot,))
        elif not there:
            if self._begun:
                raise GiveUp(f"{self.where}: the replication slot {self.slot!r} is gone. Run the flow afresh")
            asks.execute("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", (self.slot,))
        # A snapshot that was begun before has rows that may be gone by now; the log since then tells which.
        found = asks.execute(
            "SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE slot_name = %s", (self.slot,)
        ).fetchone()
        return from_lsn(found[0])

    def _look_at_identity(self, asks: Any) -> None:
        name = POSTGRES.name(self.table.table).replace("%%", "%")
        kind, called = asks.execute(_IDENTITY, (name,)).fetchone()
        columns = [inside(one) for one in called or ()]
        if kind == "n" or (kind != "f" and not columns):
            # To publish such a table would make the server refuse every update of it.
            hint = f"Give it one, or run ALTER TABLE {name} REPLICA IDENTITY FULL"
            raise SystemUnfit(self.where, "the table has no primary key, so its changes cannot be followed", hint=hint)
        if kind != "f" and set(columns) != set(self.key):
            hint = f"Set key to {', '.join(columns)}"
            raise SystemUnfit(self.where, f"the log tells rows apart by {', '.join(columns)}", hint=hint)

    def _slot_is_there(self, asks: Any) -> bool:
        found = asks.execute("SELECT 1 FROM pg_replication_slots WHERE slot_name = %s", (self.slot,)).fetchone()
        return found is not None

    def _snapshot(self, asks: Any) -> None:
        names = list(self.node.columns)
        with asks.transaction(), asks.cursor(name="causeway") as cursor:
            cursor.itersize = FETCH
            cursor.execute(f"SELECT {POSTGRES.names(names)} FROM {POSTGRES.name(self.table.table)}", ())
            for row in cursor:
                self.take(dict(zip(names, row, strict=True)), where=self.where)
                self.may_repeat()
                if self.stopping:
                    return

    def _take(self, connection: Both, event: RowChange | Truncated | Committed | None) -> None:
        match event:
            case RowChange(old=old, new=None):
                self.take_back(self._values(event, old or {}))
            case RowChange(new=new) if new is not None:
                values = self._values(event, new)
                old = self._values(event, event.old or {})
                if old and any(old[name] != values[name] for name in self.key):
                    self.take_back(old)
                self.take(self._completed(connection, values), where=self.where)
            case Truncated():
                raise GiveUp(
                    f"{self.where}: the table was emptied by TRUNCATE, which names no rows. Run the flow afresh"
                )
            case Committed(end):
                self.reached(as_lsn(end))
                if self._stream is not None:
                    self._stream.reached(end)

    def _values(self, event: RowChange, texts: dict[str, str | None]) -> dict[str, Any]:
        from psycopg.pq import Format

        def loaded(name: str, text: str | None) -> Any:
            load = self._loaders.get_loader(event.types[name], Format.TEXT).load
            return None if text is None else load(text.encode())

        wanted = {*self.node.columns, *self.key}
        return {inside(name): loaded(name, text) for name, text in texts.items() if inside(name) in wanted}

    def _completed(self, connection: Both, values: dict[str, Any]) -> dict[str, Any]:
        """Ask for large values that did not change: the log leaves them out."""
        lacking = [name for name in self.node.columns if name not in values]
        if not lacking:
            return values
        conditions = " AND ".join(f"{POSTGRES.column(name)} = %s" for name in self.key)
        sql = f"SELECT {POSTGRES.names(lacking)} FROM {POSTGRES.name(self.table.table)} WHERE {conditions}"
        found = connection.asks.execute(sql, tuple(values[name] for name in self.key)).fetchone()
        return values | dict(zip(lacking, found or [None] * len(lacking), strict=True))
