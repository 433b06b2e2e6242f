"""The node `sources.nats_jetstream`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.queues.message import Message
from workbench.flow.queues.nats import NEEDS, Link, NatsSettings, nats_link, probe
from workbench.flow.queues.reading import AckFollower, Acknowledging
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class NatsJetstream(Acknowledging, NatsSettings):
    """Read what a stream of NATS JetStream has kept and what comes, through a durable consumer.

    The consumer is made when it is not there; the server remembers what it has acknowledged. Several runs with the
    same consumer share the messages.
    """

    needs = NEEDS
    tested = "real server"

    stream: str = Field(min_length=1, pattern=r"^[^\s.*>]+$")
    """Name of the stream."""
    durable: str = Field("causeway", min_length=1, pattern=r"^[^\s.*>]+$")
    """Name of the consumer."""
    start: Literal["all", "new"] = "all"
    """Where a new consumer begins: with all that the stream has, or with what comes from now on."""

    example: ClassVar[Example | None] = asks(
        {
            "servers": "nats://127.0.0.1:4222",
            "stream": "LOGS",
            "subject": "logs.>",
            "columns": {"service": "text", "body": "text"},
        }
    )

    @property
    def shares(self) -> str:
        return f"each message goes to one replica, which all use the consumer {self.durable!r}"

    def probe(self, *, secrets: Secrets) -> str:
        with nats_link(self, secrets, "probe") as link:
            state = link.run(lambda: link.client.jetstream().stream_info(self.stream)).state
            return f"{probe(self, secrets)}; stream {self.stream!r} has {state.messages} messages"

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(JetstreamFollower(self, source, secrets))


class JetstreamFollower(AckFollower):
    """Fetches messages in batches."""

    node: NatsJetstream

    def __init__(self, node: NatsJetstream, source: Source, secrets: Secrets) -> None:
        super().__init__(node, source, secrets)
        self._consumer: Any = None

    @contextmanager
    def connect(self) -> Iterator[Link]:
        """Find or make the consumer."""
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

        config = ConsumerConfig(
            ack_policy=AckPolicy.EXPLICIT,
            # What was fetched and not acknowledged comes again after so long, and no earlier.
            ack_wait=self.node.ack_after_s + 30,
            max_ack_pending=100_000,
            deliver_policy=DeliverPolicy.ALL if self.node.start == "all" else DeliverPolicy.NEW,
        )
        with nats_link(self.node, self.secrets, self.source.node) as link:
            stream = link.client.jetstream()
            link.run(lambda: stream.stream_info(self.node.stream))
            self._consumer = link.run(
                lambda: stream.pull_subscribe(
                    self.node.subject, self.node.durable, stream=self.node.stream, config=config
                )
            )
            yield link

    def receive_acks(self, connection: Link, wait_s: float, at_most: int) -> Sequence[tuple[Message, Any]]:
        """Return the next messages."""
        from nats.errors import TimeoutError as NothingCame

        found: list[Any] = []
        with suppress(NothingCame):
            found = connection.run(lambda: self._consumer.fetch(at_most, wait_s))
        return [(_message(one), one) for one in found]

    def acknowledge(self, connection: Link, tokens: Sequence[Any]) -> None:
        """Tell the server; it is sure when this returns."""

        async def acknowledge() -> None:
            for one in tokens:
                await one.ack()
            await connection.client.flush()

        connection.run(acknowledge)


def _message(found: Any) -> Message:
    about = found.metadata
    return Message(
        body=found.data,
        topic=found.subject,
        time_unix_nano=int(about.timestamp.timestamp() * 1e6) * 1000,
        partition=about.stream,
        offset=about.sequence.stream,
        headers=found.headers or {},
    )
