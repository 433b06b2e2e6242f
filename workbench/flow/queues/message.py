"""A message of a queue as values by column, and a row as the body of a message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.flow.naming import record_outside
from workbench.flow.outside import as_json
from workbench.flow.writing import Change

Format = Literal["json", "text", "bytes"]
BODY = "body"
ABOUT = "message_"
"""Columns with this in front hold what the queue knows of a message, not what stands in it."""


@dataclass(frozen=True, slots=True)
class Message:
    """What queues have in common; what a queue does not know stays None."""

    body: bytes
    topic: str = ""
    key: bytes | None = None
    time_unix_nano: int | None = None
    partition: int | str | None = None
    offset: int | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """Return topic, partition and offset in one word, for those who look at rejected rows."""
        return "/".join(str(part) for part in (self.topic, self.partition, self.offset) if part not in (None, ""))

    def about(self) -> dict[str, Any]:
        """Return the columns `message_...`."""
        return {
            f"{ABOUT}topic": self.topic,
            f"{ABOUT}key": self.key,
            f"{ABOUT}time_unix_nano": self.time_unix_nano,
            f"{ABOUT}partition": self.partition,
            f"{ABOUT}offset": self.offset,
            f"{ABOUT}headers": dict(self.headers),
        }


def record_of(message: Message, form: Format) -> dict[str, Any]:
    """Return values by column: the fields of a JSON object or `body`, and those about the message.

    Raises:
        ValueError: the body is not what `form` says.
    """
    if form == "json":
        try:
            found = json.loads(message.body)
        except ValueError as error:
            raise ValueError(f"not JSON: {error}") from error
        if not isinstance(found, dict):
            raise ValueError("not a JSON object")
        return found | message.about()
    if form == "bytes":
        return {BODY: message.body} | message.about()
    try:
        return {BODY: message.body.decode()} | message.about()
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8 text") from error


def body_of(change: Change, column: str | None, *, with_diff: bool) -> bytes:
    """Return the body of the message for a change.

    Args:
        change: The row.
        column: The only column to send, as it is; None sends all as a JSON object.
        with_diff: Add `diff` to the object: 1 for a row that came, -1 for one that went.
    """
    if column is not None:
        return as_bytes(change.values[column]) or b""
    diff = {"diff": 1 if change.added else -1} if with_diff else {}
    return as_json({**record_outside(change.values), **diff}).encode()


def as_bytes(value: Any) -> bytes | None:
    """Return a value as the bytes of a key, a header or a body."""
    match value:
        case None | bytes():
            return value
        case str():
            return value.encode()
        case _:
            # JSON of one value, so that 5, true and lists are what others read them as.
            return as_json({"": value})[len('{"": ') : -1].encode()
