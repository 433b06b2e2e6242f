"""A Kafka cluster for tests: librdkafka's mock brokers, which speak the real protocol, in a process of their own.

There is no Kafka broker among Debian's or Python's packages.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BROKERS = """
import sys
from confluent_kafka import Producer
cluster = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "log_level": 0})
print(*[f"{b.host}:{b.port}" for b in cluster.list_topics(timeout=20).brokers.values()], sep=",", flush=True)
sys.stdin.read()
"""


@contextmanager
def kafka_cluster() -> Iterator[str]:
    """Yield the addresses of a cluster that makes topics of four partitions when they are first spoken of."""
    process = subprocess.Popen(
        [sys.executable, "-c", BROKERS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def send(servers: str, topic: str, *messages: bytes, **more: Any) -> None:
    """Send messages as any program would."""
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": servers, "log_level": 0})
    for message in messages:
        producer.produce(topic, message, **more)
    assert producer.flush(20) == 0


def received(servers: str, topic: str, count: int) -> list[Any]:
    """Return the messages of a topic as any program would read them."""
    from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

    consumer = Consumer(
        {"bootstrap.servers": servers, "group.id": "test", "auto.offset.reset": "earliest", "log_level": 0}
    )
    partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    found: list[Any] = []
    try:
        for _ in range(100):
            found += [message for message in consumer.consume(count, 0.5) if message.error() is None]
            if len(found) >= count:
                break
    finally:
        consumer.close()
    return sorted(found, key=lambda message: message.value())
