"""Sends rows to a topic of Kafka; a batch is done when the brokers have acknowledged each of its messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from workbench.errors import GiveUp, Unreachable
from workbench.flow.fields import Column
from workbench.flow.queues.kafka import (
    ANSWER_S,
    NEEDS,
    KafkaSettings,
    configuration,
    kafka_errors,
    probe,
    said,
    topic_of,
)
from workbench.flow.queues.sending import HeadedSink, MessageWriter
from workbench.flow.services import Secrets
from workbench.flow.writing import Change


class KafkaSink(HeadedSink, KafkaSettings):
    """Every sink that speaks Kafka's protocol."""

    needs = NEEDS

    key: Column | None = None
    """Column whose value is the key: messages with the same key go to the same partition, in order."""

    def probe(self, *, secrets: Secrets) -> str:
        """Look at the topic."""
        return probe(self, secrets)


class KafkaWriter(MessageWriter):
    """Sends the messages."""

    node: KafkaSink

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Open a producer that neither loses nor reorders messages while it is open."""
        from confluent_kafka import Producer

        with kafka_errors(self.where):
            producer = Producer(
                configuration(
                    self.node,
                    self.secrets,
                    acks="all",
                    enable_idempotence=True,
                    linger_ms=5,
                    message_timeout_ms=int(ANSWER_S * 1000),
                )
            )
        topic_of(producer, self.node)
        try:
            yield producer
        finally:
            producer.purge()
            producer.flush(1)

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Send, and wait until all is acknowledged."""
        faults: list[Any] = []

        def delivered(error: Any, message: Any) -> None:
            if error is not None:
                faults.append(error)

        with kafka_errors(self.where):
            for message in self.messages(changes, self.node.key):
                headers = {name: value.encode() for name, value in message.headers.items()}
                while True:
                    try:
                        connection.produce(
                            self.node.topic, message.body, message.key, headers=headers, on_delivery=delivered
                        )
                        break
                    except BufferError:
                        connection.poll(0.1)
            left = connection.flush(2 * ANSWER_S)
        if left:
            raise Unreachable(self.where, f"{left} messages were not acknowledged")
        errors = [said(fault, self.where) for fault in faults]
        for error in sorted(errors, key=lambda one: isinstance(one, GiveUp)):
            raise error
