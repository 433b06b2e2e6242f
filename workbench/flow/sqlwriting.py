"""Base of sinks in SQL databases: a table that always has the present rows, or a log of changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from pydantic import Field, model_validator

from workbench.errors import BadInput
from workbench.flow.fields import Column
from workbench.flow.rows import Rows
from workbench.flow.services import Sink
from workbench.flow.sql import Connect, Dialect, translated
from workbench.flow.writing import Change, Writer, Writing, latest, write_rows

LOG_COLUMNS = ("time", "diff")


class SqlOutput(Writing):
    """Settings of every sink in a SQL database."""

    table: str = Field(min_length=1)
    """Table to write to, perhaps with its schema before a dot."""
    key: list[Column] = []
    """Columns that tell rows apart: the table has the present rows, one for each key. Without any, rows only come."""
    log: bool = False
    """Without a key: write rows that are taken back too, with the columns `time` (minibatch) and `diff` (1 or -1)."""
    create: bool = True
    """Make the table when it is not there."""

    @model_validator(mode="after")
    def _key_or_log(self) -> SqlOutput:
        if self.key and self.log:
            raise ValueError("log goes without a key: a table with a key has the present rows only")
        return self

    def write_sql(
        self,
        rows: Rows,
        connect: Connect,
        dialect: Dialect,
        where: str,
        sink: Sink,
        writer: type[SqlWriter] | None = None,
    ) -> None:
        """Write the rows.

        Args:
            rows: The input.
            connect: Opens a connection of Python's DB-API, whose changes are kept by `commit`.
            dialect: The database's.
            where: The server and database, for errors.
            sink: The node's service.
            writer: What writes, if it is another than `SqlWriter`.
        """
        taken = [name for name in LOG_COLUMNS if self.log and name in rows.column_names()]
        if taken:
            raise BadInput(f"the rows have a column {taken[0]!r} already", hint="Rename it, or do without log")
        types = {name: dialect.type_of(hint, in_key=name in self.key) for name, hint in rows.typehints().items()}
        if self.log:
            types |= dict.fromkeys(LOG_COLUMNS, dialect.types["int"])
        write_rows(rows, (writer or SqlWriter)(self, sink, f"{where}/{self.table}", connect, dialect, types))


class SqlWriter(Writer):
    """Writes over a connection of Python's DB-API, one transaction for each batch."""

    def __init__(
        self, node: SqlOutput, sink: Sink, where: str, connect: Connect, dialect: Dialect, types: dict[str, str]
    ) -> None:
        super().__init__(node, sink, where)
        self._connect, self._dialect, self._types = connect, dialect, types
        self._table, self._key, self._log, self._create = node.table, node.key, node.log, node.create
        self._columns = list(types)
        insert = dialect.insert(self._table, self._columns)
        self._insert = dialect.upsert(dialect, self._table, self._columns, self._key) if self._key else insert
        self._delete = dialect.delete(self._table, self._key) if self._key else ""

    def connect(self) -> AbstractContextManager[Any]:
        """Open a connection."""
        return self._connect()

    def prepare(self, connection: Any) -> None:
        """Make the table when it is not there."""
        if self._create:
            with translated(self.where, self._dialect.fate):
                cursor = connection.cursor()
                cursor.execute(self._dialect.create(self._table, self._types, self._key))
                cursor.close()
                connection.commit()

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Return the last state of each row, or the rows to append."""
        if self._key:
            return latest(changes, self._key)
        return changes if self._log else [change for change in changes if change.added]

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Write a batch in one transaction."""
        with translated(self.where, self._dialect.fate):
            try:
                cursor = connection.cursor()
                gone = [change for change in changes if self._key and not change.added]
                if gone:
                    self.delete_many(cursor, [self._values(change, self._key) for change in gone])
                came = [change for change in changes if not self._key or change.added]
                if came:
                    self.insert_many(cursor, [self._values(change, self._columns) for change in came])
                cursor.close()
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def insert_many(self, cursor: Any, rows: list[tuple[Any, ...]]) -> None:
        """Insert or replace rows; their values stand in the order of the columns."""
        cursor.executemany(self._insert, rows)

    def delete_many(self, cursor: Any, rows: list[tuple[Any, ...]]) -> None:
        """Delete the rows with some keys."""
        cursor.executemany(self._delete, rows)

    def _values(self, change: Change, columns: Sequence[str]) -> tuple[Any, ...]:
        extra = {"time": change.time, "diff": 1 if change.added else -1} if self._log else {}
        return tuple(self._dialect.value((change.values | extra)[name]) for name in columns)
