"""The node `sinks.mongodb`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, ClassVar

from node_catalog._databases.mongodb import MongoServer, fate
from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.naming import record_outside
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.sql import translated
from workbench.flow.writing import Change, Writer, Writing, latest, latest_rows, write_rows


class Mongodb(Writing, MongoServer):
    """Write rows as documents into a collection of MongoDB.

    A document's `_id` is made of the key, or without a key of the row itself, so that what is written again after a
    crash replaces itself. A row that is taken back is deleted.
    """

    tested = "wire protocol"

    key: list[Column] = []
    """Columns that tell documents apart."""

    example: ClassVar[Example | None] = asks({"database": "shop", "collection": "errors", "key": ["service"]})

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, MongoWriter(self, sink, secrets))


class MongoWriter(Writer):
    """Writes batches of replacements and deletions."""

    def __init__(self, node: Mongodb, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, node.where)
        self.server, self.secrets = node, secrets

    def connect(self) -> AbstractContextManager[Any]:
        """Open a client."""
        return self.server.connected(self.secrets)

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Return the last state of each document."""
        return latest(changes, self.server.key) if self.server.key else latest_rows(changes)

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Send a batch; written in part, it can be written again."""
        from pymongo import DeleteOne, ReplaceOne

        orders: list[Any] = []
        for change in changes:
            chosen = {"_id": self._id(change)}
            document = {name: _value(value) for name, value in record_outside(change.values).items()} | chosen
            orders.append(ReplaceOne(chosen, document, upsert=True) if change.added else DeleteOne(chosen))
        with translated(self.where, fate):
            connection.bulk_write(orders, ordered=False)

    def _id(self, change: Change) -> Any:
        key = self.server.key
        if not key:
            return str(change.key)
        return change.values[key[0]] if len(key) == 1 else {name: _value(change.values[name]) for name in key}


def _value(value: Any) -> Any:
    return value.total_seconds() if isinstance(value, timedelta) else value
