"""The node `sources.debezium`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from workbench.flow.example import Example, asks
from workbench.flow.fields import NewColumn
from workbench.flow.following import followed
from workbench.flow.naming import record_inside
from workbench.flow.queues.kafka_reading import KafkaFollower, KafkaSource
from workbench.flow.queues.message import Message
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Debezium(KafkaSource):
    """Follow a table of a database through the changes that Debezium writes to Kafka as JSON.

    A row comes, is replaced and goes as it does in the table. Envelopes with and without their schema are understood;
    PostgreSQL, MySQL, SQL Server and MongoDB (whose documents come as JSON in a text) alike.
    """

    tested = "emulator"

    key: list[NewColumn] = Field(min_length=1)
    """Columns of the table's primary key; they have to be among the columns."""

    example: ClassVar[Example | None] = asks(
        {
            "servers": "127.0.0.1:9092",
            "topic": "shop.public.orders",
            "key": ["id_"],
            "columns": {"id_": "integer", "state": "text"},
        }
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(DebeziumFollower(self, source, secrets, self.key))


class DebeziumFollower(KafkaFollower):
    """Applies the changes."""

    def take_message(self, message: Message) -> None:
        """Take over or take back the row of a change."""
        if not message.body:
            # A tombstone: it lets Kafka forget the key, and the row went with the change before it.
            return
        try:
            change = _payload(json.loads(message.body))
            after, before = _document(change.get("after")), _document(change.get("before"))
            if change.get("op") == "d":
                gone = before or _document(_payload(json.loads(message.key or b"{}")))
                self.take_back(gone or {})
            elif after is None:
                raise ValueError("neither a row that came nor one that went")
            else:
                self._replace(before, after, message)
        except (ValueError, AttributeError, TypeError) as error:
            self.reject_message(message, f"not a change of Debezium: {error}")

    def _replace(self, old: Any, new: Mapping[str, Any], message: Message) -> None:
        before, after = record_inside(old or {}), record_inside(new)
        if before and any(name in before and before[name] != after.get(name) for name in self.key):
            self.take_back(before)
        self.take({**after, **message.about()}, where=message.where)


def _payload(found: Any) -> dict[str, Any]:
    """Return the envelope without its schema."""
    inner = found.get("payload", found)
    if not isinstance(inner, dict):
        raise ValueError("no object")
    return inner


def _document(found: Any) -> dict[str, Any] | None:
    """Return a row; MongoDB's are JSON in a text."""
    value = json.loads(found) if isinstance(found, str) else found
    if value is not None and not isinstance(value, dict):
        raise ValueError("a row is not an object")
    return value
