"""The node `sinks.mqtt`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import ClassVar, Literal

from pydantic import field_validator

from workbench.errors import Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.queues.mqtt import ANSWER_S, NEEDS, Link, MqttSettings, mqtt_link, probe
from workbench.flow.queues.sending import MessageSink, MessageWriter
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, write_rows


class MqttOutput(MessageSink, MqttSettings):
    """Send each row as a message to a topic of an MQTT broker.

    With a quality of 1 or 2 a minibatch is done when the broker has acknowledged its messages.
    """

    needs = NEEDS
    tested = "real server"

    qos: Literal[0, 1, 2] = 1
    """Quality of service: 0 at most once, 1 at least once, 2 as 1 with more talk."""
    retain: bool = False
    """Let the broker keep the last message for those who subscribe later."""

    example: ClassVar[Example | None] = asks({"host": "127.0.0.1", "topic": "shop/errors"})

    @field_validator("topic")
    @classmethod
    def _no_wildcards(cls, value: str) -> str:
        if set("+#") & set(value):
            raise ValueError("a topic to send to has no wildcards")
        return value

    def probe(self, *, secrets: Secrets) -> str:
        return probe(self, secrets)

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, MqttWriter(self, sink, secrets))


class MqttWriter(MessageWriter):
    """Sends the messages."""

    node: MqttOutput

    def connect(self) -> AbstractContextManager[Link]:
        """Open a connection."""
        return mqtt_link(self.node, self.secrets, self.sink.node, clean=True)

    def write(self, connection: Link, changes: Sequence[Change]) -> None:
        """Send, and wait until all is acknowledged."""
        connection.check()
        sent = [
            connection.client.publish(self.node.topic, message.body, self.node.qos, self.node.retain)
            for message in self.messages(changes)
        ]
        for one in sent:
            try:
                one.wait_for_publish(ANSWER_S)
            except (RuntimeError, ValueError) as error:
                raise Unreachable(self.where, str(error)) from error
            if not one.is_published():
                raise Unreachable(self.where, connection.lost or "a message was not acknowledged")
