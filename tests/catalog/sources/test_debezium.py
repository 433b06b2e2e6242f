"""`sources.debezium`: envelopes as Debezium's documentation describes them, over librdkafka's mock brokers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from node_catalog.sources.debezium import Debezium
from tests.catalog.conftest import Bench
from tests.catalog.kafka_cluster import kafka_cluster, send


@pytest.fixture(scope="module")
def servers() -> Iterator[str]:
    with kafka_cluster() as found:
        yield found


def change(op: str, before: Any, after: Any, *, schema: bool = False) -> bytes:
    envelope = {"op": op, "before": before, "after": after, "ts_ms": 1, "source": {"table": "t"}}
    return json.dumps({"schema": {"type": "struct"}, "payload": envelope} if schema else envelope).encode()


def node(servers: str, topic: str) -> Debezium:
    return Debezium(servers=servers, topic=topic, columns={"id_": "integer", "name": "text"}, key=["id_"], follow=False)


def test_rows_come_change_and_go_as_in_the_table(bench: Bench, servers: str) -> None:
    one, two = {"id_": 1, "name": "a"}, {"id_": 2, "name": "b"}
    changes = [
        change("r", None, one),
        change("c", None, two, schema=True),
        change("u", None, {"id_": 2, "name": "B"}),
        change("c", None, {"id_": 3, "name": "c"}),
        change("d", one, None),
        b"",
    ]
    send(servers, "table", *changes, partition=0)

    assert bench.rows(node(servers, "table")) == [(2, "B"), (3, "c")]
    assert bench.rejected == []


def test_a_row_whose_key_changes_leaves_no_double(bench: Bench, servers: str) -> None:
    changes = [change("c", None, {"id_": 1, "name": "a"})]
    changes += [change("u", {"id_": 1, "name": "a"}, {"id_": 9, "name": "a"})]
    send(servers, "moved", *changes, partition=0)

    assert bench.rows(node(servers, "moved")) == [(9, "a")]


def test_a_deletion_without_the_old_row_goes_by_the_key_of_the_message(bench: Bench, servers: str) -> None:
    send(servers, "keyed", change("c", None, {"id_": 1, "name": "a"}), partition=0)
    send(servers, "keyed", change("d", None, None), key=b'{"id_": 1}', partition=0)

    assert bench.rows(node(servers, "keyed")) == []


def test_documents_of_mongodb_come_as_text(bench: Bench, servers: str) -> None:
    send(servers, "mongo", change("c", None, '{"id_": 1, "name": "a"}'), partition=0)

    assert bench.rows(node(servers, "mongo")) == [(1, "a")]


def test_what_is_no_change_is_kept(bench: Bench, servers: str) -> None:
    send(servers, "bad", b"[]", b"{", change("c", None, None), b'{"payload": 1}', partition=0)

    assert bench.rows(node(servers, "bad")) == []
    assert len(bench.rejected) == 4
    assert all(fault["reason"].startswith("not a change of Debezium: ") for fault in bench.rejected)
