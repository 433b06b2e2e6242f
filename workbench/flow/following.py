"""Base of sources in other systems: read what is there, then follow it; reconnect, go on from an offset, stop."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pathway as pw
from pydantic import Field

from workbench.errors import BadInput
from workbench.flow.commits import WAKE_MS
from workbench.flow.fields import ColumnType, NewColumn
from workbench.flow.naming import record_inside
from workbench.flow.outside import as_json, row_of
from workbench.flow.polling import Poller, Polling
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import BACKLOG, BATCH, Enough, rows_of
from workbench.flow.types import TYPES
from workbench.flow.values import EMPTY


class Following(Polling):
    """Settings of every source in another system."""

    columns: dict[NewColumn, ColumnType] = Field(min_length=1)
    """Columns to read and their types."""
    nulls: Literal["keep", "empty", "reject"] = "keep"
    """What to do with a missing value: keep it, take an empty text, 0 or false, or reject the row."""


class Follower(Poller):
    """Reads the rows of a `Following` node: override `connect` and `poll`, which calls `take` for each row."""

    node: Following

    def __init__(self, node: Following, source: Source, key: Sequence[str] = ()) -> None:
        """Prepare.

        Args:
            node: The settings.
            source: The node's service `source`.
            key: Columns that tell rows apart: a row replaces the one before with the same key, and `take_back` removes
                it. Without a key rows only come.
        """
        lacking = [name for name in key if name not in node.columns]
        if lacking:
            raise BadInput(f"key column {lacking[0]!r} is not among the columns {', '.join(node.columns)}")
        super().__init__(node, source, "upsert" if key else "native")
        self.key = tuple(key)
        self.rejected = 0

    def take(self, record: Mapping[str, Any], *, where: str, place: int = 0) -> None:
        """Hand over one row; one that does not fit its columns is rejected.

        Args:
            record: Values by column.
            where: What it was read from; for those who look at rejected rows.
            place: Its number there, if it has one.
        """
        record = record_inside(record)
        try:
            row = row_of(record, self.node.columns, self.node.nulls)
        except ValueError as error:
            self.rejected += 1
            self.source.reject(uri=where, line=place, reason=str(error), raw=as_json(record))
            return
        self.put((True, row) if self.key else row)

    def take_back(self, record: Mapping[str, Any]) -> None:
        """Remove the row with the key that `record` has; needs a key."""
        blank = {name: None if self.node.nulls == "keep" else EMPTY[kind] for name, kind in self.node.columns.items()}
        known = {name: self.node.columns[name] for name in self.key}
        try:
            found = blank | dict(zip(known, row_of(record_inside(record), known, "reject"), strict=True))
        except ValueError:
            # A row with such a key was rejected when it came, so there is none to remove.
            return
        self.put((False, tuple(found.values())))

    def may_repeat(self) -> None:
        """Let rows go before an offset is behind them: after a crash they come again, which a key makes harmless."""
        self._covered = len(self._rows)
        if self.full:
            self.flush()

    @property
    def _may_begin_again(self) -> bool:
        return super()._may_begin_again or bool(self.key)

    def flush(self) -> None:
        """Hand over what the last offset covers, in one piece."""
        if not self.key:
            super().flush()
            return
        ready = self._covered if self.goes_on else len(self._rows)
        rows, self._rows, self._covered = self._rows[:ready], self._rows[ready:], 0
        if not rows:
            return
        self.source.ready()
        self._count += 1
        self._put += len(rows)
        with self._commits.whole:
            self._report_offset(json.dumps([self._count, self._reached]).encode())
            for added, row in rows:
                values = dict(zip(self.node.columns, row, strict=True))
                (self.next if added else self.delete)(**values)
        self._show_at_once(len(rows))
        if self.most is not None and self._put >= self.most:
            raise Enough

    def measure(self) -> tuple[int, int, str]:
        """Return the rows handed over so far, the rows that wait for the engine (at most), and the offset."""
        put, waiting, offset = super().measure()
        return put, len(self._rows) + self._buffer.qsize() if self.key else waiting, offset


def followed(follower: Follower) -> Rows:
    """Return the table of a follower's rows."""
    node = follower.node
    keeps = {name for name in node.columns if node.nulls == "keep" and name not in follower.key}
    types: dict[str, Any] = {
        name: TYPES[kind] | None if name in keeps else TYPES[kind] for name, kind in node.columns.items()
    }
    if not follower.key:
        return rows_of(follower, types)
    schema = pw.schema_builder(
        {name: pw.column_definition(dtype=kind, primary_key=name in follower.key) for name, kind in types.items()},
        name="Followed",
    )
    return pw.io.python.read(
        follower,
        schema=schema,
        name=follower.source.node,
        autocommit_duration_ms=WAKE_MS,
        max_backlog_size=BACKLOG * BATCH,
    )
