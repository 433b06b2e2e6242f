"""`sources.rabbitmq` and `sinks.rabbitmq` against a real RabbitMQ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from node_catalog.sinks.rabbitmq import RabbitmqOutput
from node_catalog.sources.rabbitmq import RabbitFollower, Rabbitmq
from tests.catalog.conftest import Bench
from tests.services.queues import PASSWORD, REFERENCE, USER, Broker
from workbench.errors import RunFailed, SystemUnfit, Unreachable

pytestmark = pytest.mark.service


@pytest.fixture(autouse=True)
def password(bench: Bench) -> None:
    bench.secrets["test_queue_password"] = PASSWORD


def settings(broker: Broker, **more: Any) -> dict[str, Any]:
    return {"port": broker.port, "user": USER, "password": REFERENCE} | more


@contextmanager
def channel(broker: Broker) -> Iterator[Any]:
    import pika

    login = pika.PlainCredentials(USER, PASSWORD)
    connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", broker.port, credentials=login))
    try:
        yield connection.channel()
    finally:
        connection.close()


def write(bench: Bench, broker: Broker, queue: str, *numbers: int, **more: Any) -> None:
    node = RabbitmqOutput(**settings(broker, routing_key=queue, **more))
    node.build(bench.table({"n": int}, *((n,) for n in numbers)), sink=bench.sink(), secrets=broker.secrets)
    bench.run(bench.table({"x": int}, (1,)))


def test_rows_go_and_come(bench: Bench, rabbit_broker: Broker) -> None:
    with channel(rabbit_broker) as made:
        made.queue_declare("trip", durable=True)
    write(bench, rabbit_broker, "trip", *range(600), headers={"number": "n"})
    columns = {"n": "integer", "message_headers": "json"}

    node = Rabbitmq(**settings(rabbit_broker, queue="trip", columns=columns, follow=False, ack_after_s=0))
    found = bench.rows(node)

    assert sorted(row[0] for row in found) == list(range(600))
    assert all(row[1].value == {"number": str(row[0])} for row in found)
    with channel(rabbit_broker) as made:
        assert made.queue_declare("trip", passive=True).method.message_count == 0


def test_what_was_not_acknowledged_comes_again(bench: Bench, rabbit_broker: Broker) -> None:
    with channel(rabbit_broker) as made:
        made.queue_declare("again", durable=True)
    write(bench, rabbit_broker, "again", 1, 2)
    node = Rabbitmq(**settings(rabbit_broker, queue="again", columns={"n": "integer"}, follow=False, ack_after_s=600))
    killed = RabbitFollower(node, bench.source(), rabbit_broker.secrets)
    with killed.connect() as connection:
        killed.poll(connection)
        # No `leave`: the run is killed here.

    assert sorted(bench.rows(node.model_copy(update={"ack_after_s": 0}))) == [(1,), (2,)]
    assert bench.rows(node) == []


def test_a_message_that_no_queue_takes_is_kept(bench: Bench, rabbit_broker: Broker) -> None:
    write(bench, rabbit_broker, "nowhere", 5)

    assert [(fault["raw"], fault["reason"].rpartition(": ")[2]) for fault in bench.rejected] == [
        ('{"n": 5}', "no queue takes messages with routing key 'nowhere'")
    ]


def test_a_queue_that_is_not_there_is_told(bench: Bench, rabbit_broker: Broker) -> None:
    node = Rabbitmq(**settings(rabbit_broker, queue="nowhere", columns={"n": "integer"}))

    with pytest.raises(RunFailed, match="no queue 'nowhere'"):
        bench.rows(node)
    with pytest.raises(SystemUnfit, match="no queue 'nowhere'"):
        node.probe(secrets=rabbit_broker.secrets)


def test_a_wrong_password_is_told_and_not_shown(rabbit_broker: Broker) -> None:
    node = RabbitmqOutput(**settings(rabbit_broker))

    with pytest.raises(SystemUnfit, match="user or password are refused") as caught:
        node.probe(secrets=lambda reference: "wrong-word")

    assert "wrong-word" not in str(caught.value)


def test_probe(rabbit_broker: Broker) -> None:
    node = RabbitmqOutput(**settings(rabbit_broker))

    assert node.probe(secrets=rabbit_broker.secrets).startswith("connected to RabbitMQ 3.")
    with pytest.raises(Unreachable, match=r"amqp://127\.0\.0\.1:1/"):
        node.model_copy(update={"port": 1}).probe(secrets=rabbit_broker.secrets)
