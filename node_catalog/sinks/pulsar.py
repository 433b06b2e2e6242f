"""The node `sinks.pulsar`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from workbench.errors import BadInput, Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.fields import Column
from workbench.flow.queues.pulsar import ANSWER_S, NEEDS, PulsarSettings, probe, pulsar_errors, pulsar_link
from workbench.flow.queues.sending import HeadedSink, MessageWriter
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, write_rows


class PulsarOutput(HeadedSink, PulsarSettings):
    """Send each row as a message to a topic of Apache Pulsar.

    A minibatch is done when the broker has stored its messages.
    """

    needs = NEEDS
    tested = "wire protocol"

    key: Column | None = None
    """Column whose value is the key: messages with the same key stay in order."""

    example: ClassVar[Example | None] = asks({"url": "pulsar://127.0.0.1:6650", "topic": "errors"})

    def probe(self, *, secrets: Secrets) -> str:
        return probe(self, secrets)

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, PulsarWriter(self, sink, secrets))


class PulsarWriter(MessageWriter):
    """Sends the messages."""

    node: PulsarOutput

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Open a producer."""
        with pulsar_link(self.node, self.secrets) as client, pulsar_errors(self.where):
            yield client.create_producer(
                self.node.topic,
                send_timeout_millis=ANSWER_S * 1000,
                block_if_queue_full=True,
                batching_enabled=True,
                batching_max_publish_delay_ms=5,
            )

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Send, and wait until all is stored."""
        import pulsar

        failed: list[Any] = []

        def stored(result: Any, message_id: Any) -> None:
            if result != pulsar.Result.Ok:
                failed.append(result)

        with pulsar_errors(self.where):
            for message in self.messages(changes, self.node.key):
                connection.send_async(
                    message.body,
                    callback=stored,
                    properties=dict(message.headers),
                    partition_key=(message.key or b"").decode("utf-8", "replace") or None,
                )
            connection.flush()
        if pulsar.Result.MessageTooBig in failed:
            raise BadInput("the message is larger than the broker takes", where=self.where)
        if failed:
            raise Unreachable(self.where, f"{len(failed)} messages were not stored: {failed[0].name}")
