"""`sinks.kafka` and `sinks.redpanda`, over the real protocol against librdkafka's mock brokers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from node_catalog.sinks.kafka import KafkaOutput
from node_catalog.sinks.redpanda import RedpandaOutput
from tests.catalog.conftest import Bench
from tests.catalog.kafka_cluster import kafka_cluster, received
from workbench.errors import RunFailed
from workbench.flow.node import Node
from workbench.flow.queues import kafka


@pytest.fixture(scope="module")
def servers() -> Iterator[str]:
    with kafka_cluster() as found:
        yield found


@pytest.mark.parametrize("kind", [KafkaOutput, RedpandaOutput])
def test_each_row_becomes_a_message(bench: Bench, servers: str, kind: type[Node]) -> None:
    topic = f"out-{kind.kind}"
    node = kind.model_validate({"servers": servers, "topic": topic, "key": "name", "headers": {"level": "n"}})

    node.build(bench.table({"name": str, "n": int}, ("a", 1), ("b", 2)), sink=bench.sink(), secrets=str)
    bench.run(bench.table({"x": int}, (1,)))

    found = received(servers, topic, 2)
    assert [(json.loads(one.value()), one.key(), one.headers()) for one in found] == [
        ({"name": "a", "n": 1}, b"a", [("level", b"1")]),
        ({"name": "b", "n": 2}, b"b", [("level", b"2")]),
    ]


def test_rows_that_go_are_told_when_that_is_wanted(bench: Bench, servers: str) -> None:
    import pathway as pw

    rows = bench.table({"n": int}, (1,), (2,), times=[1, 2])
    total = rows.reduce(total=pw.reducers.sum(rows.n))
    every = KafkaOutput(servers=servers, topic="every", changes="all")
    some = KafkaOutput(servers=servers, topic="some", value="total")

    every.build(total, sink=bench.sink("every"), secrets=str)
    some.build(total, sink=bench.sink("some"), secrets=str)
    bench.run(total)

    assert [json.loads(one.value()) for one in received(servers, "every", 3)] == [
        {"total": 1, "diff": -1},
        {"total": 1, "diff": 1},
        {"total": 3, "diff": 1},
    ]
    assert [one.value() for one in received(servers, "some", 2)] == [b"1", b"3"]


def test_a_message_that_is_too_large_is_kept_and_the_others_are_sent(bench: Bench, servers: str) -> None:
    node = KafkaOutput(servers=servers, topic="large", value="text", options={"message.max.bytes": 1000})

    node.build(bench.table({"text": str}, ("a",), ("x" * 2000,), ("b",)), sink=bench.sink(), secrets=str)
    bench.run(bench.table({"x": int}, (1,)))

    assert {one.value() for one in received(servers, "large", 2)} == {b"a", b"b"}
    assert [fault["reason"].split(": ")[-1] for fault in bench.rejected] == [
        "the message is larger than the broker takes"
    ]


def test_a_cluster_that_is_gone_ends_the_run_and_keeps_its_rows(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "ANSWER_S", 1.0)
    node = KafkaOutput(servers="127.0.0.1:1", topic="t", retry_s=0)

    node.build(bench.table({"n": int}, (7,)), sink=bench.sink(), secrets=str)
    with pytest.raises(RunFailed, match=r"kafka://127\.0\.0\.1:1/t"):
        bench.run(bench.table({"x": int}, (1,)))

    assert [json.loads(fault["raw"]) for fault in bench.rejected] == [{"n": 7}]
