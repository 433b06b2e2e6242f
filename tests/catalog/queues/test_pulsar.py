"""`sources.pulsar` and `sinks.pulsar`: Pulsar's own client, and a small broker of ours over the binary protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from node_catalog.sinks.pulsar import PulsarOutput
from node_catalog.sources.pulsar import Pulsar, PulsarFollower
from tests.catalog.conftest import Bench
from tests.catalog.pulsar_broker import Broker, pulsar_broker
from workbench.errors import SystemUnfit, Unreachable

pytestmark = pytest.mark.service


@pytest.fixture
def broker() -> Iterator[Broker]:
    with pulsar_broker() as found:
        yield found


def settings(broker: Broker, topic: str, **more: Any) -> dict[str, Any]:
    return {"url": f"pulsar://127.0.0.1:{broker.port}", "topic": topic} | more


def write(bench: Bench, broker: Broker, topic: str, *numbers: int, **more: Any) -> None:
    node = PulsarOutput(**settings(broker, topic, **more))
    node.build(bench.table({"n": int}, *((n,) for n in numbers)), sink=bench.sink(), secrets=str)
    bench.run(bench.table({"x": int}, (1,)))


def test_rows_go_and_come(bench: Bench, broker: Broker) -> None:
    write(bench, broker, "logs", *range(50), key="n", headers={"number": "n"})
    columns = {"n": "integer", "message_key": "text", "message_headers": "json", "message_topic": "text"}

    found = bench.live(Pulsar(**settings(broker, "logs", columns=columns, ack_after_s=0)), lambda: None, 50)

    assert sorted(row[0] for row in found) == list(range(50))
    assert all(row[1:] == (str(row[0]), row[2], "persistent://public/default/logs") for row in found)
    assert all(row[2].value == {"number": str(row[0])} for row in found)


def test_a_subscription_goes_on_where_it_was(bench: Bench, broker: Broker) -> None:
    write(bench, broker, "t", 1, 2)
    node = Pulsar(**settings(broker, "t", columns={"n": "integer"}, ack_after_s=0))
    assert bench.live(node, lambda: None, 2) == [(1,), (2,)]

    write(bench, broker, "t", 3)
    bench.stop.clear()

    assert bench.live(node, lambda: None, 1) == [(3,)]


def test_what_was_not_acknowledged_comes_again(bench: Bench, broker: Broker) -> None:
    write(bench, broker, "t", 1, 2)
    node = Pulsar(**settings(broker, "t", columns={"n": "integer"}, ack_after_s=600))
    killed = PulsarFollower(node, bench.source(), str)
    with killed.connect() as connection:
        while len(killed._rows) < 2:
            killed.poll(connection)
        # No `leave`: the run is killed here.

    assert bench.live(node.model_copy(update={"ack_after_s": 0}), lambda: None, 2) == [(1,), (2,)]


def test_a_wrong_token_is_told_and_not_shown() -> None:
    with pulsar_broker(token="right-word") as broker:
        node = Pulsar(**settings(broker, "t", columns={"n": "integer"}, token="${secret:pulsar_test_token}"))

        assert node.probe(secrets=lambda reference: "right-word") == "topic 't' has 1 partition"
        with pytest.raises((SystemUnfit, Unreachable)) as caught:
            node.probe(secrets=lambda reference: "wrong-word")
        assert "wrong-word" not in str(caught.value)


def test_a_message_that_is_too_large_is_kept(bench: Bench, broker: Broker) -> None:
    node = PulsarOutput(**settings(broker, "t", value="text"))

    node.build(bench.table({"text": str}, ("a",), ("x" * 200_000,)), sink=bench.sink(), secrets=str)
    bench.run(bench.table({"x": int}, (1,)))

    assert [fault["reason"].rpartition(": ")[2] for fault in bench.rejected] == [
        "the message is larger than the broker takes"
    ]
    source = Pulsar(**settings(broker, "t", format="text", columns={"body": "text"}, ack_after_s=0))
    assert ("a",) in bench.live(source, lambda: None, 1)


def test_probe_of_a_closed_port_says_which() -> None:
    node = PulsarOutput(url="pulsar://127.0.0.1:1", topic="t")

    with pytest.raises(Unreachable, match=r"pulsar://127\.0\.0\.1:1/t"):
        node.probe(secrets=str)
