"""The node `sources.rabbitmq`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from pydantic import Field

from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.queues.message import Message
from workbench.flow.queues.rabbitmq import NEEDS, RabbitSettings, probe, rabbit_errors, rabbit_link
from workbench.flow.queues.reading import AckFollower, Acknowledging
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Rabbitmq(Acknowledging, RabbitSettings):
    """Read messages of a queue of RabbitMQ over AMQP 0.9.1.

    The queue has to be there. Its messages go away when they are acknowledged; several runs share them.
    """

    needs = NEEDS
    tested = "real server"

    queue: str = Field(min_length=1, max_length=255)
    """Name of the queue."""

    example: ClassVar[Example | None] = asks(
        {"host": "127.0.0.1", "queue": "logs", "columns": {"service": "text", "body": "text"}}
    )

    @property
    def shares(self) -> str:
        return f"each message of queue {self.queue!r} goes to one replica"

    def probe(self, *, secrets: Secrets) -> str:
        with rabbit_link(self, secrets) as connection, rabbit_errors(self.where):
            count = connection.channel().queue_declare(self.queue, passive=True).method.message_count
        return f"{probe(self, secrets)}; queue {self.queue!r} has {count} messages"

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(RabbitFollower(self, source, secrets))


class RabbitFollower(AckFollower):
    """Consumes the queue."""

    node: Rabbitmq

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Open a channel; the broker sends so many messages ahead as may be unacknowledged."""
        with rabbit_link(self.node, self.secrets) as connection, rabbit_errors(self.node.where):
            channel = connection.channel()
            channel.queue_declare(self.node.queue, passive=True)
            channel.basic_qos(prefetch_count=50_000)
            yield channel

    def receive_acks(self, connection: Any, wait_s: float, at_most: int) -> Sequence[tuple[Message, Any]]:
        """Return the next messages."""
        found: list[tuple[Message, Any]] = []
        for about, properties, body in connection.consume(self.node.queue, inactivity_timeout=wait_s):
            if about is None:
                break
            found.append((_message(about, properties, body, self.node.queue), about.delivery_tag))
            if len(found) >= at_most or not connection.get_waiting_message_count():
                break
        return found

    def acknowledge(self, connection: Any, tokens: Sequence[int]) -> None:
        """Let the broker forget all messages up to the last."""
        connection.basic_ack(tokens[-1], multiple=True)

    def leave(self, connection: Any) -> None:
        """Acknowledge the rest, and wait until the broker has heard it."""
        super().leave(connection)
        connection.cancel()


def _message(about: Any, properties: Any, body: bytes, queue: str) -> Message:
    return Message(
        body=body,
        topic=queue,
        key=about.routing_key.encode(),
        time_unix_nano=properties.timestamp * 1_000_000_000 if properties.timestamp else None,
        offset=properties.message_id,
        headers={name: str(value) for name, value in (properties.headers or {}).items()},
    )
