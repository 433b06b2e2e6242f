"""`sources.mqtt` and `sinks.mqtt` against a real Mosquitto."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from node_catalog.sinks.mqtt import MqttOutput
from node_catalog.sources.mqtt import Mqtt, MqttFollower
from tests.catalog.conftest import Bench
from tests.services.queues import PASSWORD, REFERENCE, USER, Broker, mosquitto
from workbench.errors import SystemUnfit, Unreachable

pytestmark = pytest.mark.service


@pytest.fixture(autouse=True)
def password(bench: Bench) -> None:
    bench.secrets["test_queue_password"] = PASSWORD


def settings(broker: Broker, topic: str, **more: Any) -> dict[str, Any]:
    return {"port": broker.port, "topic": topic, "user": USER, "password": REFERENCE} | more


def write(bench: Bench, broker: Broker, topic: str, *numbers: int) -> None:
    node = MqttOutput(**settings(broker, topic))
    node.build(bench.table({"n": int}, *((n,) for n in numbers)), sink=bench.sink(), secrets=broker.secrets)
    bench.run(bench.table({"x": int}, (1,)))


def follower(bench: Bench, node: Mqtt, broker: Broker) -> MqttFollower:
    return MqttFollower(node, bench.source(), broker.secrets)


def read(reader: MqttFollower, count: int) -> list[int]:
    found: list[Any] = []
    reader.put = found.append
    with reader.connect() as connection:
        while len(found) < count:
            reader.poll(connection)
        reader.leave(connection)
    return sorted(row[0] for row in found)


def test_rows_go_and_come(bench: Bench, mqtt_broker: Broker) -> None:
    node = Mqtt(**settings(mqtt_broker, "a/+", columns={"n": "integer", "message_topic": "text"}, ack_after_s=0.1))

    def act() -> None:
        # The run subscribes before it reads; what comes earlier is nobody's yet.
        from paho.mqtt import publish

        for number in range(20):
            publish.single(
                f"a/{number % 2}", json.dumps({"n": number}), 1, retain=True, hostname="127.0.0.1",
                port=mqtt_broker.port, auth={"username": USER, "password": PASSWORD},
            )  # fmt: skip

    found = bench.live(node, act, 2)

    assert {(row[0] % 2, row[1]) for row in found} == {(0, "a/0"), (1, "a/1")}


def test_the_broker_keeps_what_comes_while_no_run_is_there(bench: Bench, mqtt_broker: Broker) -> None:
    node = Mqtt(**settings(mqtt_broker, "kept", columns={"n": "integer"}, client_id="kept", ack_after_s=0))
    first = follower(bench, node, mqtt_broker)
    with first.connect():
        pass

    write(bench, mqtt_broker, "kept", 1, 2, 3)

    assert read(follower(bench, node, mqtt_broker), 3) == [1, 2, 3]


def test_what_was_not_acknowledged_comes_again(bench: Bench, mqtt_broker: Broker) -> None:
    node = Mqtt(**settings(mqtt_broker, "again", columns={"n": "integer"}, client_id="again", ack_after_s=600))
    first = follower(bench, node, mqtt_broker)
    with first.connect() as connection:
        write(bench, mqtt_broker, "again", 1, 2)
        while len(first._rows) < 2:
            first.poll(connection)
        # No `leave`: the run is killed here.

    second = follower(bench, node.model_copy(update={"ack_after_s": 0}), mqtt_broker)
    assert read(second, 2) == [1, 2]
    third = follower(bench, node, mqtt_broker)
    with third.connect() as connection:
        third.poll(connection)
        assert third._rows == []


def test_nothing_is_lost_when_the_broker_goes_and_comes_back(bench: Bench) -> None:
    with mosquitto() as broker:
        node = Mqtt(**settings(broker, "n", columns={"n": "integer"}, client_id="n"))
        with broker.running():
            with follower(bench, node, broker).connect():
                pass
            write(bench, broker, "n", 1, 2)
        sender = threading.Thread(target=write, args=(Bench(), broker, "n", 3, 4))
        with broker.running():
            assert read(follower(bench, node, broker), 2) == [1, 2]
            sender.start()
            sender.join()
            assert read(follower(bench, node, broker), 2) == [3, 4]


def test_a_wrong_password_is_told_and_not_shown(mqtt_broker: Broker) -> None:
    node = Mqtt(**settings(mqtt_broker, "a", columns={"n": "integer"}))

    with pytest.raises(SystemUnfit, match="the broker refuses the connection") as caught:
        node.probe(secrets=lambda reference: "wrong-word")

    assert "wrong-word" not in str(caught.value)


def test_probe(mqtt_broker: Broker) -> None:
    node = MqttOutput(**settings(mqtt_broker, "a"))

    assert node.probe(secrets=mqtt_broker.secrets) == f"connected to 127.0.0.1:{mqtt_broker.port}"
    with pytest.raises(Unreachable, match=r"mqtt://127\.0\.0\.1:1/a"):
        node.model_copy(update={"port": 1}).probe(secrets=mqtt_broker.secrets)


def test_a_topic_to_send_to_has_no_wildcards() -> None:
    with pytest.raises(ValueError, match="a topic to send to has no wildcards"):
        MqttOutput(topic="a/#")
