"""The node `sources.kafka`."""

from __future__ import annotations

from typing import ClassVar

from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.queues.kafka_reading import KafkaFollower, KafkaSource
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Kafka(KafkaSource):
    """Read messages of a topic from Apache Kafka and whatever speaks its protocol.

    Without a group the run reads all partitions and goes on at the offsets that the workspace keeps. Partitions that
    are added later are read after the next start. (Pathway's own connector is not used: a stopped run could not drain.)
    """

    tested = "emulator"

    example: ClassVar[Example | None] = asks(
        {"servers": "127.0.0.1:9092", "topic": "logs", "columns": {"service": "text", "body": "text"}}
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(KafkaFollower(self, source, secrets))
