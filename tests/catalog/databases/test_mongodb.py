"""MongoDB over its wire protocol, spoken by a small server in the tests; no real server was at hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pathway as pw
import pytest

from node_catalog.sinks.mongodb import Mongodb
from node_catalog.sources.mongodb import MongoCollection, MongoReader
from tests.services.mongo import Collection, mongo_server
from tests.services.process import until
from workbench.errors import Unreachable

pytestmark = pytest.mark.service


@pytest.fixture
def items() -> Collection:
    return Collection()


@pytest.fixture
def server(items: Collection) -> Iterator[dict[str, Any]]:
    with mongo_server(items) as port:
        yield {"host": "127.0.0.1", "port": port, "database": "shop", "collection": "items"}


def no_secrets(reference: str) -> str:
    raise AssertionError(reference)


COLUMNS = {"_id": "text", "n": "integer", "more.city": "text", "at": "time"}


def test_a_collection_is_read_once(bench: Any, items: Collection, server: dict[str, Any]) -> None:
    import bson

    number = bson.ObjectId("65a000000000000000000001")
    items.put({"_id": number, "n": 1, "more": {"city": "Ulm"}, "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)})
    node = MongoCollection(**server, columns=COLUMNS, follow=False)

    found = bench.run(node.build(source=bench.source(), secrets=no_secrets))

    assert found == [(str(number), 1, "Ulm", pw.DateTimeUtc("2026-01-02T03:04:05+00:00"))]


def test_new_documents_are_polled(bench: Any, items: Collection, server: dict[str, Any]) -> None:
    items.put({"_id": 1, "n": 1})
    items.drops = 1
    node = MongoCollection(**server, columns={"n": "integer"}, increasing="n", poll_s=0.05)

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 1)
        items.put({"_id": 2, "n": 2})
        there(lambda rows: len(rows) == 2)

    assert bench.follow(node.build(source=bench.source(), secrets=no_secrets), steps) == [(1,), (2,)]


def test_new_changed_and_deleted_documents_are_followed(bench: Any, items: Collection, server: dict[str, Any]) -> None:
    items.put({"_id": "a", "n": 1})
    items.put({"_id": "b", "n": 2})
    node = MongoCollection(**server, columns={"_id": "text", "n": "integer"}, poll_s=0.05)

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 2)
        items.put({"_id": "a", "n": 10})
        items.remove("b")
        items.put({"_id": "c", "n": 3})
        there(lambda rows: ("c", 3) in rows)

    assert bench.follow(node.build(source=bench.source(), secrets=no_secrets), steps) == [("a", 10), ("c", 3)]


def test_half_a_snapshot_is_begun_again_and_documents_that_went_meanwhile_go(
    bench: Any, items: Collection, server: dict[str, Any]
) -> None:
    items.put({"_id": "a", "n": 1})
    items.put({"_id": "b", "n": 2})
    node = MongoCollection(**server, columns={"_id": "text", "n": "integer"})
    reader = MongoReader(node, bench.source(), no_secrets, ["_id"])
    take = reader.take
    reader.take = lambda *one, **more: (take(*one, **more), bench.stop.set())
    with reader.connect() as connection:
        reader.poll(connection)
    bench.stop.clear()
    items.remove("a")
    again = MongoReader(node, bench.source(), no_secrets, ["_id"])
    again.offset = again._reached = reader._reached

    with again.connect() as connection:
        until(lambda: again.poll(connection) or len(again._rows) == 2)

    assert reader._rows == [(True, ("a", 1))]
    assert again._rows == [(True, ("b", 2)), (False, ("a", None))]


def test_the_stream_is_gone_on_with_where_an_earlier_run_had_come_to(
    bench: Any, items: Collection, server: dict[str, Any]
) -> None:
    items.put({"_id": "a", "n": 1})
    node = MongoCollection(**server, columns={"_id": "text", "n": "integer"})
    reader = MongoReader(node, bench.source(), no_secrets, ["_id"])
    with reader.connect() as connection:
        reader.poll(connection)
    items.put({"_id": "b", "n": 2})
    again = MongoReader(node, bench.source(), no_secrets, ["_id"])
    again.offset = again._reached = reader._reached

    with again.connect() as connection:
        until(lambda: again.poll(connection) or len(again._rows) == 1)

    assert reader._rows == [(True, ("a", 1))]
    assert again._rows == [(True, ("b", 2))]


def test_documents_are_written_replaced_and_deleted(bench: Any, items: Collection, server: dict[str, Any]) -> None:
    rows = bench.table({"service": str, "n": int}, ("cart", 1), ("pay", 1), ("cart", 5), times=[1, 1, 2])
    most = rows.groupby(rows.service).reduce(rows.service, n=pw.reducers.max(rows.n))

    Mongodb(**server, key=["service"]).build(most.filter(most.n < 5), sink=bench.sink(), secrets=no_secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert list(items.documents.values()) == [{"service": "pay", "n": 1, "_id": "pay"}]


def test_a_document_that_is_refused_is_rejected_and_the_others_are_written(
    bench: Any, items: Collection, server: dict[str, Any]
) -> None:
    Mongodb(**server).build(bench.table({"n": int}, (1,), (-2,), (3,)), sink=bench.sink(), secrets=no_secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(document["n"] for document in items.documents.values()) == [1, 3]
    assert [row["raw"] for row in bench.rejected] == ['{"n": -2}']
    assert "Document failed validation" in bench.rejected[0]["reason"]


def test_changes_are_told_by_their_id() -> None:
    with pytest.raises(ValueError, match="columns lacks '_id', by which changes"):
        MongoCollection(database="shop", collection="items", columns={"n": "integer"})


def test_a_probe_says_what_is_there_or_why_not(
    items: Collection, server: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    items.put({"_id": 1, "n": 1})
    node = MongoCollection(**server, columns=COLUMNS, follow=False)
    place = f"mongodb://127.0.0.1:{server['port']}/shop.items"

    assert node.probe(secrets=no_secrets) == f"{place}: MongoDB 7.0.0, about 1 documents"
    monkeypatch.setattr("node_catalog._databases.mongodb.CONNECT_MS", 300)
    with pytest.raises(Unreachable, match=r"mongodb://127.0.0.1:1/shop.items: .*refused"):
        node.model_copy(update={"port": 1}).probe(secrets=no_secrets)
