"""Base of sources that read message queues: messages become rows, and are acknowledged once they are safe."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import Field

from workbench.flow.fields import ColumnType, NewColumn
from workbench.flow.following import Follower, Following
from workbench.flow.queues.message import Format, Message, record_of
from workbench.flow.services import Secrets, Source
from workbench.flow.source import BATCH

ATTENTION_S = 0.2
"""Longest wait for a message, so that a stop is seen soon."""
DRAINED_S = 1.0
"""After a stop the graph gets so long to finish what was read, before the last messages are acknowledged."""
TAKES = "not read, because messages read by a preview would be lost for the flow; run it with --tap to see its rows"
"""Why a preview leaves a queue alone."""


class MessageSource(Following):
    """Settings of every source that reads a queue."""

    format: Format = "json"
    """What a body is: a JSON object whose fields become columns, or text or bytes in the column `body`."""
    columns: dict[NewColumn, ColumnType] = Field(default={"body": "text"}, min_length=1)
    """Columns and their types. `message_topic`, `message_key`, `message_time_unix_nano`, `message_partition`,
    `message_offset` and `message_headers` (json) hold what the queue says about the message."""


class Acknowledging(MessageSource):
    """Settings of sources whose queue forgets a message when it is acknowledged."""

    ack_after_s: float = Field(5.0, ge=0, le=600)
    """A message is acknowledged so long after it was handed to the flow, in seconds; after a crash in between it comes
    again. Longer is safer where the flow writes to slow systems."""

    @property
    def takes(self) -> str:
        """Whoever reads gets messages that others then do not get."""
        return TAKES


class MessageFollower(Follower):
    """Reads messages with an offset: override `connect` and `receive`."""

    node: MessageSource
    waits = True

    def __init__(self, node: MessageSource, source: Source, secrets: Secrets, key: Sequence[str] = ()) -> None:
        super().__init__(node, source, key)
        self.secrets = secrets

    @abstractmethod
    def receive(self, connection: Any, wait_s: float, at_most: int) -> Sequence[Message]:
        """Return the next messages; wait for the first no longer than `wait_s`. Raises `RetryLater` or `GiveUp`."""

    @abstractmethod
    def place(self) -> str:
        """Return the offset behind the messages received so far."""

    def over(self, connection: Any) -> bool:
        """Tell whether a source that does not follow has read all: when nothing came, unless overridden."""
        return True

    def poll(self, connection: Any) -> bool:
        """Take a batch."""
        messages = self.receive(connection, min(ATTENTION_S, self.node.poll_s), BATCH)
        for message in messages:
            self.take_message(message)
        if messages:
            self.reached(self.place())
        return bool(messages) or not self.over(connection)

    def take_message(self, message: Message) -> None:
        """Hand over the row of a message, or reject it."""
        try:
            record = record_of(message, self.node.format)
        except ValueError as error:
            self.reject_message(message, str(error))
            return
        self.take(record, where=message.where)

    def reject_message(self, message: Message, reason: str) -> None:
        """Keep a message that cannot be used."""
        self.rejected += 1
        self.source.reject(uri=message.where, line=0, reason=reason, raw=message.body.decode("utf-8", "replace"))


class AckFollower(MessageFollower):
    """Reads messages that are acknowledged one by one: override `connect`, `receive_acks` and `acknowledge`."""

    node: Acknowledging

    def __init__(
        self, node: Acknowledging, source: Source, secrets: Secrets, now: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(node, source, secrets)
        self._held: deque[tuple[float, Any]] = deque()
        self._connection: Any = None
        self._now = now

    @abstractmethod
    def receive_acks(self, connection: Any, wait_s: float, at_most: int) -> Sequence[tuple[Message, Any]]:
        """Return the next messages, each with what `acknowledge` takes."""

    @abstractmethod
    def acknowledge(self, connection: Any, tokens: Sequence[Any]) -> None:
        """Let the queue forget messages, in the order in which they came."""

    def receive(self, connection: Any, wait_s: float, at_most: int) -> Sequence[Message]:
        """Return the next messages, and acknowledge those that had their time."""
        if connection is not self._connection:
            # A new connection gets unacknowledged messages again; what was held for the old one is void.
            self._held.clear()
            self._connection = connection
        found = self.receive_acks(connection, wait_s, at_most)
        until = self._now() + self.node.ack_after_s
        self._held.extend((until, token) for _, token in found)
        self._acknowledge_due(connection)
        return [message for message, _ in found]

    def place(self) -> str:
        """The queue knows where to go on."""
        return "-"

    def leave(self, connection: Any) -> None:
        """Acknowledge the rest: the run ends in order, and the graph finishes what it has."""
        self.flush()
        if self._held:
            time.sleep(min(DRAINED_S, self.node.ack_after_s))
            self.acknowledge(connection, [token for _, token in self._held])
            self._held.clear()

    def _acknowledge_due(self, connection: Any) -> None:
        now, due = self._now(), []
        while self._held and self._held[0][0] <= now:
            due.append(self._held.popleft()[1])
        if due:
            self.acknowledge(connection, due)
