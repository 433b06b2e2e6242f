"""Reads a topic of Kafka: all partitions with offsets that the workspace keeps, or as a member of a consumer group."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from workbench.errors import CausewayError
from workbench.flow.queues.kafka import NEEDS, KafkaSettings, configuration, kafka_errors, probe, said, topic_of
from workbench.flow.queues.message import Message
from workbench.flow.queues.reading import MessageFollower, MessageSource
from workbench.flow.services import Secrets, Source

COMMIT_S = 5.0
"""A group's offsets are told to the broker so long after the rows were handed over, and no earlier: after a crash in
between they are read again."""


class KafkaSource(MessageSource, KafkaSettings):
    """Every source that speaks Kafka's protocol."""

    needs = NEEDS

    start: Literal["earliest", "latest"] = "earliest"
    """Where to begin when no offset is known yet."""
    group: str = ""
    """Share the partitions with other consumers of this group, as several replicas of a flow do; offsets are then kept
    by the broker, too. When empty, the run reads all partitions and the workspace keeps the offsets."""

    @property
    def looked_at(self) -> Mapping[str, Any]:
        """A preview is no member of the group: it would take partitions from the others."""
        return {**super().looked_at, "group": ""}

    @property
    def shares(self) -> str:
        """Consumers of one group get different partitions."""
        if not self.group:
            return ""
        where = f"each partition of topic {self.topic!r} goes to one replica of group {self.group!r}"
        return f"{where}; messages with one key stay together"

    def probe(self, *, secrets: Secrets) -> str:
        """Look at the topic."""
        return probe(self, secrets)


class KafkaFollower(MessageFollower):
    """Reads the messages."""

    node: KafkaSource

    def __init__(self, node: KafkaSource, source: Source, secrets: Secrets, key: Sequence[str] = ()) -> None:
        super().__init__(node, source, secrets, key)
        self._offsets: dict[int, int] = {}
        """Next offset by partition, of those that were read."""
        self._ends: dict[int, int] = {}
        self._due: tuple[float, dict[int, int]] = (0.0, {})
        self._fault: CausewayError | None = None

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Open a consumer at the offsets."""
        from confluent_kafka import Consumer

        self._fault, self._offsets = None, {int(key): value for key, value in json.loads(self.offset or "{}").items()}
        with kafka_errors(self.node.where):
            consumer = Consumer(
                configuration(
                    self.node,
                    self.secrets,
                    # The client wants a name even where nothing is kept under it.
                    group_id=self.node.group or f"causeway-{self.source.node}",
                    enable_auto_commit=False,
                    auto_offset_reset=self.node.start,
                    enable_partition_eof=False,
                )
                | {"error_cb": self._on_error}
            )
        try:
            partitions = topic_of(consumer, self.node)
            with kafka_errors(self.node.where):
                self._begin(consumer, partitions)
            yield consumer
        finally:
            consumer.close()

    def receive(self, connection: Any, wait_s: float, at_most: int) -> Sequence[Message]:
        """Return the next messages."""
        self._commit(connection)
        with kafka_errors(self.node.where):
            found = connection.consume(at_most, wait_s)
        if not found and self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault
        return [self._message(one) for one in found]

    def place(self) -> str:
        """Return the next offset by partition."""
        return json.dumps(self._offsets, sort_keys=True)

    def over(self, connection: Any) -> bool:
        """Tell whether every partition was read to where it ended when the run began."""
        return all(self._offsets.get(partition, 0) >= end for partition, end in self._ends.items())

    def leave(self, connection: Any) -> None:
        """Tell the broker where the group is."""
        self._commit(connection, now=True)

    def _begin(self, consumer: Any, partitions: list[int]) -> None:
        from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, TopicPartition

        first = OFFSET_BEGINNING if self.node.start == "earliest" else OFFSET_END
        topic = self.node.topic
        if not self.node.follow:
            for partition in partitions:
                low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)
                if high > low and self.node.start == "earliest":
                    self._ends[partition] = high
        if self.node.group:
            # What this run knows is what its rows say, so it counts more than what was told to the broker.
            def assigned(consumer: Any, given: list[Any]) -> None:
                for one in given:
                    one.offset = self._offsets.get(one.partition, one.offset)
                consumer.assign(given)

            consumer.subscribe([topic], on_assign=assigned)
        else:
            consumer.assign([TopicPartition(topic, one, self._offsets.get(one, first)) for one in partitions])

    def _message(self, found: Any) -> Message:
        if found.error() is not None:
            raise said(found.error(), self.node.where)
        self._offsets[found.partition()] = found.offset() + 1
        kind, stamp = found.timestamp()
        return Message(
            body=found.value() or b"",
            topic=found.topic(),
            key=found.key(),
            time_unix_nano=stamp * 1_000_000 if kind else None,
            partition=found.partition(),
            offset=found.offset(),
            headers={name: (value or b"").decode("utf-8", "replace") for name, value in found.headers() or ()},
        )

    def _commit(self, consumer: Any, *, now: bool = False) -> None:
        from confluent_kafka import KafkaException, TopicPartition

        if not self.node.group:
            return
        since, offsets = self._due
        if not now and time.monotonic() - since < COMMIT_S:
            return
        told = dict(self._offsets) if now else offsets
        self._due = (time.monotonic(), dict(self._offsets))
        if told:
            try:
                consumer.commit(
                    offsets=[TopicPartition(self.node.topic, one, offset) for one, offset in told.items()],
                    asynchronous=not now,
                )
            except KafkaException as error:
                # The partitions went to another member meanwhile, or the broker is away: then they are read again.
                self._fault = None if now else said(error.args[0], self.node.where)

    def _on_error(self, error: Any) -> None:
        from confluent_kafka import KafkaError

        if error.code() in (KafkaError._ALL_BROKERS_DOWN, KafkaError._AUTHENTICATION, KafkaError._FATAL):
            self._fault = said(error, self.node.where)
