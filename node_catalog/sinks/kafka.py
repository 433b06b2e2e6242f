"""The node `sinks.kafka`."""

from __future__ import annotations

from typing import ClassVar

from workbench.flow.example import Example, asks
from workbench.flow.queues.kafka_sending import KafkaSink, KafkaWriter
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import write_rows


class KafkaOutput(KafkaSink):
    """Send each row as a message to a topic of Apache Kafka and whatever speaks its protocol.

    A minibatch is done when the brokers have acknowledged its messages; after a crash some may be sent again.
    """

    tested = "emulator"

    example: ClassVar[Example | None] = asks({"servers": "127.0.0.1:9092", "topic": "errors"})

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, KafkaWriter(self, sink, secrets))
