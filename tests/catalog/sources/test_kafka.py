"""`sources.kafka` and `sources.redpanda`, over the real protocol against librdkafka's mock brokers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from node_catalog.sources.kafka import Kafka
from node_catalog.sources.redpanda import Redpanda
from tests.catalog.conftest import Bench
from tests.catalog.kafka_cluster import kafka_cluster, send
from workbench.errors import BadInput, RunFailed, Unreachable
from workbench.flow.node import Node
from workbench.flow.queues import kafka, kafka_reading
from workbench.flow.queues.kafka_reading import KafkaFollower


@pytest.fixture(scope="module")
def servers() -> Iterator[str]:
    with kafka_cluster() as found:
        yield found


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "ANSWER_S", 1.0)


def values(rows: list[tuple[Any, ...]]) -> list[Any]:
    return sorted(row[0] for row in rows)


@pytest.mark.parametrize("kind", [Kafka, Redpanda])
def test_all_that_is_there_is_read_and_the_run_ends(bench: Bench, servers: str, kind: type[Node]) -> None:
    topic = f"once-{kind.kind}"
    send(servers, topic, *(json.dumps({"n": n, "level": "error"}).encode() for n in range(40)))

    node = kind.model_validate(
        {"servers": servers, "topic": topic, "columns": {"n": "integer", "level": "text"}, "follow": False}
    )

    assert bench.rows(node) == sorted(((n, "error") for n in range(40)), key=repr)


def test_what_the_queue_knows_becomes_columns(bench: Bench, servers: str) -> None:
    send(servers, "about", b"hello", key=b"k1", timestamp=1_700_000_000_123, headers={"trace": b"abc"})
    columns = {
        "body": "text", "message_key": "text", "message_topic": "text", "message_time_unix_nano": "integer",
        "message_offset": "integer", "message_headers": "json",
    }  # fmt: skip

    node = Kafka(servers=servers, topic="about", format="text", columns=columns, follow=False)

    (row,) = bench.rows(node)
    assert row[:-1] == ("hello", "k1", "about", 1_700_000_000_123_000_000, 0)
    assert row[-1].value == {"trace": "abc"}


def test_messages_that_do_not_fit_are_kept_with_their_place(bench: Bench, servers: str) -> None:
    send(servers, "bad", b"{", b"[1]", b'{"n": "x"}', b'{"n": 1}', partition=2)

    node = Kafka(servers=servers, topic="bad", columns={"n": "integer"}, follow=False)

    assert bench.rows(node) == [(1,)]
    assert [(fault["uri"], fault["reason"].split(":")[0]) for fault in bench.rejected] == [
        ("bad/2/0", "not JSON"),
        ("bad/2/1", "not a JSON object"),
        ("bad/2/2", "column 'n'"),
    ]


def test_a_run_that_follows_gets_what_comes_and_ends_when_it_is_told(bench: Bench, servers: str) -> None:
    send(servers, "follow", b'{"n": 1}')
    node = Kafka(servers=servers, topic="follow", columns={"n": "integer"})

    rows = bench.live(node, lambda: send(servers, "follow", b'{"n": 2}', b'{"n": 3}'), 3)

    assert values(rows) == [1, 2, 3]


def test_it_goes_on_at_the_offset_of_the_run_before(bench: Bench, servers: str) -> None:
    send(servers, "resume", b'{"n": 1}', b'{"n": 2}', partition=0)
    send(servers, "resume", b'{"n": 3}', partition=1)
    node = Kafka(servers=servers, topic="resume", columns={"n": "integer"}, follow=False)
    first = KafkaFollower(node, bench.source(), lambda reference: "")
    with first.connect() as connection:
        while first.poll(connection):
            pass

    send(servers, "resume", b'{"n": 4}', partition=1)
    second = KafkaFollower(node, bench.source(), lambda reference: "")
    second.offset = first._reached
    with second.connect() as connection:
        while second.poll(connection):
            pass

    assert json.loads(first._reached or "") == {"0": 2, "1": 1}
    assert second._rows == [(4,)]


def test_members_of_a_group_go_on_where_the_group_was(bench: Bench, servers: str) -> None:
    send(servers, "shared", b'{"n": 1}', b'{"n": 2}')
    # The mock brokers let a group wait for a member that left until its session ends.
    options: dict[str, Any] = {"session.timeout.ms": 6000}
    node = Kafka(servers=servers, topic="shared", columns={"n": "integer"}, group="readers", options=options)
    assert values(bench.live(node, lambda: None, 2)) == [1, 2]

    bench.stop.clear()
    rows = bench.live(node, lambda: send(servers, "shared", b'{"n": 3}'), 1)

    assert values(rows) == [3]


def test_a_group_tells_its_offsets_only_when_the_rows_had_time_to_arrive(
    bench: Bench, servers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_reading, "COMMIT_S", 3600)
    told: list[Any] = []
    node = Kafka(servers=servers, topic="later", columns={"n": "integer"}, group="later")
    follower = KafkaFollower(node, bench.source(), lambda reference: "")

    class Consumer:
        def commit(self, **what: Any) -> None:
            told.append(what)

    follower._offsets = {0: 5}
    follower._commit(Consumer())
    follower._commit(Consumer())
    assert told == []
    follower.leave(Consumer())

    assert [(one.partition, one.offset) for one in told[0]["offsets"]] == [(0, 5)]


@pytest.mark.usefixtures("impatient")
def test_a_cluster_that_does_not_answer_is_told_with_its_address(bench: Bench) -> None:
    node = Kafka(servers="127.0.0.1:1", topic="t", columns={"n": "integer"}, retry_s=0)

    with pytest.raises(RunFailed, match=r"kafka://127\.0\.0\.1:1/t"):
        bench.rows(node)


def test_probe_says_what_the_topic_is_like(servers: str) -> None:
    node = Kafka(servers=servers, topic="probed", columns={"n": "integer"})

    assert node.probe(secrets=str) == "topic 'probed' has 4 partitions"


@pytest.mark.usefixtures("impatient")
def test_probe_of_a_closed_port_says_which() -> None:
    node = Kafka(servers="127.0.0.1:1", topic="t", columns={"n": "integer"})

    with pytest.raises(Unreachable, match=r"kafka://127\.0\.0\.1:1/t: "):
        node.probe(secrets=str)


def test_an_option_that_a_field_sets_is_refused(bench: Bench, servers: str) -> None:
    node = Kafka(servers=servers, topic="t", columns={"n": "integer"}, options={"group.id": "x"})

    with pytest.raises(BadInput, match=r"option 'group\.id' is set by a field of its own"):
        node.probe(secrets=str)
