"""The node `sources.nats`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.queues.message import Message
from workbench.flow.queues.nats import NEEDS, Link, NatsSettings, nats_link, probe
from workbench.flow.queues.reading import MessageFollower, MessageSource
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Nats(MessageSource, NatsSettings):
    """Read messages of a subject of NATS, from now on.

    NATS keeps nothing for those who are not there; `sources.nats_jetstream` reads what a stream has kept.
    """

    delivery = "at-most-once"
    needs = NEEDS
    tested = "real server"

    queue_group: str = ""
    """Share the messages with other subscribers of this group."""

    example: ClassVar[Example | None] = asks(
        {"servers": "nats://127.0.0.1:4222", "subject": "logs.>", "columns": {"service": "text", "body": "text"}}
    )

    @property
    def looked_at(self) -> Mapping[str, Any]:
        # A preview is no member of the group, and subscribers that are none get every message.
        return {"queue_group": ""}

    @property
    def shares(self) -> str:
        return f"each message goes to one replica of queue group {self.queue_group!r}" if self.queue_group else ""

    def probe(self, *, secrets: Secrets) -> str:
        return probe(self, secrets)

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(NatsFollower(self, source, secrets))


class NatsFollower(MessageFollower):
    """Takes what comes."""

    node: Nats

    def __init__(self, node: Nats, source: Source, secrets: Secrets) -> None:
        super().__init__(node, source, secrets)
        self._subscription: Any = None

    @contextmanager
    def connect(self) -> Iterator[Link]:
        """Subscribe; the server knows of it before this returns."""
        with nats_link(self.node, self.secrets, self.source.node) as link:
            self._subscription = link.run(lambda: link.client.subscribe(self.node.subject, self.node.queue_group))
            link.run(link.client.flush)
            yield link

    def receive(self, connection: Link, wait_s: float, at_most: int) -> Sequence[Message]:
        """Return what came."""
        from nats.errors import TimeoutError as NothingCame

        found: list[Message] = []

        async def take() -> None:
            found.append(_message(await self._subscription.next_msg(wait_s)))
            while len(found) < at_most and self._subscription.pending_msgs:
                found.append(_message(await self._subscription.next_msg(wait_s)))

        with suppress(NothingCame):
            connection.run(take)
        return found

    def place(self) -> str:
        """There is no place to go on from."""
        return "-"


def _message(found: Any) -> Message:
    return Message(found.data, found.subject, headers=found.headers or {})
