"""Base of sinks that send to message queues: rows become messages with body, key and headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

from workbench.errors import NotFound
from workbench.flow.fields import Column, NewColumn
from workbench.flow.queues.message import Message, as_bytes, body_of
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, Writer, Writing


class MessageSink(Writing):
    """Settings of every sink that sends to a queue."""

    where: ClassVar[Any]
    """Property: what is sent to, without secrets, for errors."""

    value: Column | None = None
    """Column whose text or bytes are the body; all columns as one JSON object when left out."""
    changes: Literal["additions", "all"] = "additions"
    """Send only rows that come, or those that go as well; JSON objects then have a field `diff`: 1 or -1."""


class HeadedSink(MessageSink):
    """Settings of sinks whose queue knows headers."""

    headers: dict[NewColumn, Column] = {}
    """Header -> column with its value."""


def _no_secrets(reference: str) -> str:
    """Stand for the secrets of a queue whose client finds its credentials itself."""
    raise NotFound("secret", reference)


class MessageWriter(Writer):
    """Sends the rows of a `MessageSink`."""

    node: MessageSink

    def __init__(self, node: MessageSink, sink: Sink, secrets: Secrets = _no_secrets) -> None:
        super().__init__(node, sink, node.where)
        self.secrets = secrets

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Leave out rows that go, where only additions are wanted."""
        return changes if self.node.changes == "all" else [change for change in changes if change.added]

    def messages(self, changes: Iterable[Change], key: str | None = None) -> Iterator[Message]:
        """Yield the message of each change; `key` is the column with its key."""
        headers: dict[str, str] = getattr(self.node, "headers", {})
        for change in changes:
            yield Message(
                body=body_of(change, self.node.value, with_diff=self.node.changes == "all"),
                key=as_bytes(change.values[key]) if key else None,
                headers={
                    name: (as_bytes(change.values[column]) or b"").decode("utf-8", "replace")
                    for name, column in headers.items()
                },
            )
