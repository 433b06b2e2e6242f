"""The node `sources.redpanda`."""

from __future__ import annotations

from typing import ClassVar

from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.queues.kafka_reading import KafkaFollower, KafkaSource
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Redpanda(KafkaSource):
    """Read messages of a topic from Redpanda, which speaks Kafka's protocol; settings are those of `sources.kafka`."""

    tested = "emulator"

    example: ClassVar[Example | None] = asks(
        {"servers": "127.0.0.1:9092", "topic": "logs", "columns": {"service": "text", "body": "text"}}
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(KafkaFollower(self, source, secrets))
