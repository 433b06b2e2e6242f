"""Base of sources in SQL databases that read a table once, or again and again by a column that grows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from workbench.flow.fields import NewColumn
from workbench.flow.following import Follower, Following
from workbench.flow.services import Source
from workbench.flow.sql import Connect, Dialect, translated

FETCH = 1000
"""Rows fetched at once."""


class SqlTable(Following):
    """Settings of every source that reads a table of a SQL database."""

    table: str = Field(min_length=1)
    """Table or view to read, perhaps with its schema before a dot."""
    key: list[NewColumn] = []
    """Columns that tell rows apart: a row that is read again replaces the one before."""
    increasing: str | None = None
    """Column that is larger in each new (or changed) row, such as a serial number or the time of the last change.

    Rows that get the same value later, or a smaller one, are not seen.
    """

    @model_validator(mode="after")
    def _fits(self) -> SqlTable:
        lacking = [name for name in self.key if name not in self.columns]
        if lacking:
            raise ValueError(f"key: there is no column {lacking[0]!r}; columns has {', '.join(self.columns)}")
        if self.follow and self.increasing is None and not self.replicates():
            raise ValueError("following a table needs the column `increasing`; otherwise set follow to false")
        return self

    def replicates(self) -> bool:
        """Tell whether the table is followed without the column `increasing`, by the database's log of changes."""
        return False


class SqlPoller(Follower):
    """Reads a table over a connection of Python's DB-API."""

    def __init__(
        self,
        node: SqlTable,
        source: Source,
        connect: Connect,
        dialect: Dialect,
        where: str,
    ) -> None:
        super().__init__(node, source, node.key)
        self.table, self._connect, self._dialect = node, connect, dialect
        self.where = f"{where}/{node.table}"
        # Without a column to go on by, rows are handed over as they come, and a lost connection is the end.
        self.goes_on = node.increasing is not None

    def connect(self) -> AbstractContextManager[Any]:
        """Open a connection."""
        return self._connect()

    def poll(self, connection: Any) -> None:
        """Take the rows behind the offset."""
        increasing, columns = self.table.increasing, list(self.table.columns)
        extra = [increasing] if increasing is not None and increasing not in columns else []
        names = [*columns, *extra]
        sql, values = self.query(names)
        last: Any = None
        with translated(self.where, self._dialect.fate):
            for row in self.rows(connection, sql, values):
                record = dict(zip(names, row, strict=True))
                if increasing is not None:
                    # A value that several rows share is behind us only when the next one has come.
                    if last is not None and record[increasing] != last:
                        self.reached(json.dumps(_plain(last)))
                    last = record[increasing]
                self.take(record, where=self.where)
                if self.stopping:
                    return
        if last is not None:
            self.reached(json.dumps(_plain(last)))

    def query(self, names: Sequence[str]) -> tuple[str, tuple[Any, ...]]:
        """Return the statement and its values."""
        dialect, increasing = self._dialect, self.table.increasing
        sql = f"SELECT {dialect.names(names)} FROM {dialect.name(self.table.table)}"
        if increasing is None:
            return sql, ()
        column = dialect.column(increasing)
        if self.offset is None:
            return f"{sql} WHERE {column} IS NOT NULL ORDER BY {column}", ()
        return f"{sql} WHERE {column} > {dialect.mark} ORDER BY {column}", (json.loads(self.offset),)

    def rows(self, connection: Any, sql: str, values: tuple[Any, ...]) -> Iterator[Sequence[Any]]:
        """Yield the rows of a query; a driver that would load all of them at once has its own way."""
        cursor = connection.cursor()
        cursor.execute(sql, values)
        while found := cursor.fetchmany(FETCH):
            yield from found
        cursor.close()
        # Or the next poll would see the same snapshot.
        connection.rollback()


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
        case Decimal():
            return str(value)
        case bytes():
            return value.decode()
        case str() | int() | float():
            return value
        case _:
            return str(value)
