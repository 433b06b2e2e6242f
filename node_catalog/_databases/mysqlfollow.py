"""Follows a table of MySQL or MariaDB: a snapshot first, then every change from the binary log."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from node_catalog._databases.mysql import MYSQL, MysqlServer, fate
from workbench.errors import GiveUp, SystemUnfit
from workbench.flow.following import Follower
from workbench.flow.naming import record_inside
from workbench.flow.services import Secrets, Source
from workbench.flow.sql import translated
from workbench.flow.sqlreading import SqlTable

TURN_S = 0.2
"""How long one turn of reading lasts before what came is handed over; the server is asked to say something so often."""
NEEDED = (1, "ROW", "FULL", "FULL")
"""What log_bin, binlog_format, binlog_row_image and binlog_row_metadata have to be."""
_EMPTIED = re.compile(r"\s*(TRUNCATE|DROP\s+TABLE|RENAME\s+TABLE)\b", re.IGNORECASE)


class Both(NamedTuple):
    """A connection that asks, and what connects to the log."""

    asks: Any
    options: dict[str, Any]


class MysqlFollower(Follower):
    """Reads a table and then the binary log."""

    waits = True

    def __init__(self, server: MysqlServer, table: SqlTable, source: Source, secrets: Secrets) -> None:
        super().__init__(table, source, table.key)
        self.server, self.table, self.secrets = server, table, secrets
        self.where = f"{server.where}/{table.table}"
        self.schema, _, self.name = f"{server.database}.{table.table}".rpartition(".")
        self.schema = self.schema.rpartition(".")[2]
        self._log: Any = None

    @contextmanager
    def connect(self) -> Iterator[Both]:
        """Open a connection; the log has its own."""
        self._log = None
        try:
            with self.server.connected(self.secrets) as asks:
                yield Both(asks, self.server.options(self.secrets))
        finally:
            if self._log is not None:
                self._log.close()

    def poll(self, connection: Both) -> None:
        """Take the snapshot, or what came behind the offset."""
        with translated(self.where, fate):
            if self._log is None:
                begin: list[Any] = (
                    json.loads(self.offset) if self.offset else [*self._position(connection.asks), "snapshot"]
                )
                file, place, *snapshot = begin
                if snapshot:
                    self._snapshot(connection.asks, file, place)
                if self.stopping:
                    return
                self._log = self._opened(connection, file, place)
            deadline = time.monotonic() + TURN_S
            while not self.stopping and time.monotonic() < deadline:
                event = self._log.fetchone()
                if event is None:
                    return
                self._take(event)

    def _snapshot(self, asks: Any, file: str, place: int) -> None:
        from pymysql.cursors import SSCursor

        # Whoever goes on in the middle begins the snapshot again, but the log where it was: it tells which rows went.
        self.reached(json.dumps([file, place, "snapshot"]))
        names = list(self.node.columns)
        with asks.cursor(SSCursor) as cursor:
            cursor.execute(f"SELECT {MYSQL.names(names)} FROM {MYSQL.name(self.table.table)}", ())
            for row in cursor:
                self.take(dict(zip(names, row, strict=True)), where=self.where)
                self.may_repeat()
                if self.stopping:
                    return
        asks.rollback()
        self.reached(json.dumps([file, place]))

    def _position(self, asks: Any) -> tuple[str, int]:
        """Return where the log ends now; looks whether it has what is needed."""
        from pymysql import ProgrammingError

        with asks.cursor() as cursor:
            names = ("log_bin", "binlog_format", "binlog_row_image", "binlog_row_metadata")
            cursor.execute(f"SELECT {', '.join('@@' + name for name in names)}")
            found = dict(zip(names, cursor.fetchone(), strict=True))
            lacking = [f"{name} = {want}" for name, want in zip(names, NEEDED, strict=True) if found[name] != want]
            if lacking:
                # Without names and kinds of columns in the log, bytes cannot be told from texts.
                raise SystemUnfit(
                    self.where,
                    f"the binary log cannot be followed; the server needs {', '.join(lacking)}",
                    hint="All but log_bin can be changed without a restart: SET GLOBAL binlog_row_metadata = FULL",
                )
            try:
                cursor.execute("SHOW BINARY LOG STATUS")
            except ProgrammingError:
                cursor.execute("SHOW MASTER STATUS")
            file, place = cursor.fetchone()[:2]
            return file, place

    def _opened(self, connection: Both, file: str, place: int) -> Any:
        import pymysql
        from pymysqlreplication import BinLogStreamReader
        from pymysqlreplication.event import HeartbeatLogEvent, QueryEvent, XidEvent
        from pymysqlreplication.row_event import DeleteRowsEvent, UpdateRowsEvent, WriteRowsEvent

        opened = 0

        def connect_once(**options: Any) -> Any:
            # The library connects anew by itself, in the middle of a transaction; we go on from its begin.
            nonlocal opened
            opened += 1
            if opened > 2:
                raise pymysql.OperationalError(2013, "the connection to the binary log was lost")
            return pymysql.connect(**options)

        return BinLogStreamReader(
            connection_settings=dict(connection.options),
            server_id=random.randrange(2**31, 2**32 - 1),  # noqa: S311 - only has to differ from other replicas
            blocking=True,
            resume_stream=True,
            log_file=file,
            log_pos=place,
            slave_heartbeat=TURN_S,
            only_events=[WriteRowsEvent, UpdateRowsEvent, DeleteRowsEvent, XidEvent, QueryEvent, HeartbeatLogEvent],
            only_schemas=[self.schema],
            only_tables=[self.name],
            pymysql_wrapper=connect_once,
            enable_logging=False,
        )

    def _take(self, event: Any) -> None:
        match type(event).__name__:
            case "WriteRowsEvent":
                for row in event.rows:
                    self.take(row["values"], where=self.where)
            case "UpdateRowsEvent":
                for row in event.rows:
                    old, new = record_inside(row["before_values"]), record_inside(row["after_values"])
                    if any(old[name] != new[name] for name in self.key):
                        self.take_back(old)
                    self.take(new, where=self.where)
            case "DeleteRowsEvent":
                for row in event.rows:
                    self.take_back(row["values"])
            case "XidEvent":
                self._committed()
            case "QueryEvent":
                self._queried(event)

    def _queried(self, event: Any) -> None:
        text = event.query if isinstance(event.query, str) else event.query.decode(errors="replace")
        schema = event.schema if isinstance(event.schema, str) else event.schema.decode(errors="replace")
        if schema == self.schema and _EMPTIED.match(text) and self.name in text:
            raise GiveUp(f"{self.where}: {text.strip()[:80]}: it names no rows. Run the flow afresh")
        if text.strip().upper() != "BEGIN":
            self._committed()

    def _committed(self) -> None:
        self.reached(json.dumps([self._log.log_file, self._log.log_pos]))
