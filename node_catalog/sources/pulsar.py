"""The node `sources.pulsar`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.queues.message import Message
from workbench.flow.queues.pulsar import NEEDS, PulsarSettings, probe, pulsar_errors, pulsar_link
from workbench.flow.queues.reading import AckFollower, Acknowledging
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Pulsar(Acknowledging, PulsarSettings):
    """Read messages of a topic of Apache Pulsar through a durable subscription.

    The broker remembers what the subscription has acknowledged; several runs with the same one share the messages.
    """

    needs = NEEDS
    tested = "wire protocol"

    subscription: str = Field("causeway", min_length=1)
    """Name of the subscription; it is made when it is not there."""
    start: Literal["earliest", "latest"] = "earliest"
    """Where a new subscription begins."""

    example: ClassVar[Example | None] = asks(
        {"url": "pulsar://127.0.0.1:6650", "topic": "logs", "columns": {"service": "text", "body": "text"}}
    )

    def probe(self, *, secrets: Secrets) -> str:
        return probe(self, secrets)

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(PulsarFollower(self, source, secrets))


class PulsarFollower(AckFollower):
    """Receives the messages."""

    node: Pulsar

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Subscribe."""
        from pulsar import ConsumerType, InitialPosition

        first = InitialPosition.Earliest if self.node.start == "earliest" else InitialPosition.Latest
        with pulsar_link(self.node, self.secrets) as client, pulsar_errors(self.node.where):
            yield client.subscribe(
                self.node.topic,
                self.node.subscription,
                consumer_type=ConsumerType.Shared,
                initial_position=first,
                consumer_name=f"causeway-{self.source.node}",
                receiver_queue_size=5000,
            )

    def receive_acks(self, connection: Any, wait_s: float, at_most: int) -> Sequence[tuple[Message, Any]]:
        """Return the next messages."""
        from pulsar import Timeout

        found: list[tuple[Message, Any]] = []
        with suppress(Timeout):
            while len(found) < at_most:
                one = connection.receive(1 if found else max(1, int(wait_s * 1000)))
                found.append((_message(one), one))
        return found

    def acknowledge(self, connection: Any, tokens: Sequence[Any]) -> None:
        """Let the broker forget messages."""
        for one in tokens:
            connection.acknowledge(one)


def _message(found: Any) -> Message:
    return Message(
        body=found.data(),
        topic=found.topic_name(),
        key=found.partition_key().encode() or None,
        time_unix_nano=found.publish_timestamp() * 1_000_000,
        partition=max(0, found.message_id().partition()),
        offset=str(found.message_id()),
        headers=found.properties(),
    )
