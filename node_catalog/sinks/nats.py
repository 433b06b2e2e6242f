"""The node `sinks.nats`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import ClassVar

from pydantic import field_validator

from workbench.errors import Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.queues.nats import ANSWER_S, NEEDS, Link, NatsSettings, nats_link, probe
from workbench.flow.queues.sending import HeadedSink, MessageWriter
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, write_rows


class NatsOutput(HeadedSink, NatsSettings):
    """Send each row as a message to a subject of NATS.

    With `stream`, a minibatch is done when the stream of JetStream has stored its messages; without, when the server
    has got them.
    """

    needs = NEEDS
    tested = "real server"

    stream: str = ""
    """Stream of JetStream that has to store the messages."""

    example: ClassVar[Example | None] = asks({"servers": "nats://127.0.0.1:4222", "subject": "shop.errors"})

    @field_validator("subject")
    @classmethod
    def _no_wildcards(cls, value: str) -> str:
        if set("*>") & set(value):
            raise ValueError("a subject to send to has no wildcards")
        return value

    def probe(self, *, secrets: Secrets) -> str:
        return probe(self, secrets)

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, NatsWriter(self, sink, secrets))


class NatsWriter(MessageWriter):
    """Sends the messages."""

    node: NatsOutput

    def connect(self) -> AbstractContextManager[Link]:
        """Open a connection."""
        return nats_link(self.node, self.secrets, self.sink.node)

    def write(self, connection: Link, changes: Sequence[Change]) -> None:
        """Send, and wait until the server has all."""
        from nats.errors import TimeoutError as NoAnswer

        messages = list(self.messages(changes))

        async def send() -> None:
            if self.node.stream:
                stream = connection.client.jetstream()
                sent = [
                    await stream.publish_async(
                        self.node.subject, message.body, stream=self.node.stream, headers=dict(message.headers) or None
                    )
                    for message in messages
                ]
                for one in sent:
                    await one
            else:
                for message in messages:
                    await connection.client.publish(
                        self.node.subject, message.body, headers=dict(message.headers) or None
                    )
                await connection.client.flush(int(ANSWER_S))

        try:
            connection.run(send)
        except NoAnswer as error:
            raise Unreachable(self.where, "no answer") from error
