"""Elasticsearch over its wire protocol: a small server here has the bulk, count, search and point-in-time APIs.

Written after the documentation of Elasticsearch 8; no real server was at hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pathway as pw
import pytest

from node_catalog.sinks.elasticsearch import Elasticsearch
from node_catalog.sources import elasticsearch as source_module
from node_catalog.sources.elasticsearch import ElasticsearchIndex
from tests.services.http import Request, http_server
from workbench.errors import RunFailed, SystemUnfit, Unreachable


class Index:
    """The documents of one index."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.points: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        self.busy = 0
        self.pages = 0

    def answer(self, asked: Request) -> tuple[int, Any]:
        if asked.headers.get("Authorization") != "ApiKey a-key":
            return 401, {"error": "missing authentication credentials"}
        if self.busy:
            self.busy -= 1
            return 429, {"error": "circuit_breaking_exception"}
        match asked.method, asked.path:
            case "GET", "/":
                return 200, {"version": {"number": "8.15.0"}}
            case "GET", "/logs/_count":
                return 200, {"count": len(self.documents)}
            case "POST", "/_bulk":
                return 200, self._bulk([json.loads(line) for line in asked.body.splitlines()])
            case "POST", "/logs/_pit":
                self.points["pit-1"] = list(self.documents.items())
                return 200, {"id": "pit-1"}
            case "DELETE", "/_pit":
                return 200, {"succeeded": self.points.pop(asked.json()["id"]) is not None}
            case "POST", "/_search":
                return 200, self._search(asked.json())
        return 404, {"error": "index_not_found_exception"}

    def _bulk(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        items: list[dict[str, Any]] = []
        while lines:
            ((action, where),) = lines.pop(0).items()
            assert where["_index"] == "logs"
            status, error = 200, {}
            if action == "delete":
                status = 200 if self.documents.pop(where["_id"], None) else 404
            elif isinstance((document := lines.pop(0))["n"], int) and document["n"] >= 0:
                self.documents[where["_id"]] = document
            else:
                status, error = 400, {"error": {"type": "document_parsing_exception", "reason": "failed to parse [n]"}}
            items.append({action: {"_id": where["_id"], "status": status, **error}})
        return {"errors": any("error" in next(iter(item.values())) for item in items), "items": items}

    def _search(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.pages += 1
        ((field, _),) = asked["sort"][0].items()
        above = asked["query"].get("range", {}).get(field, {}).get("gt", float("-inf"))
        found = sorted(
            ([document[field], place], key, document)
            for place, (key, document) in enumerate(self.points[asked["pit"]["id"]])
            if field in document and document[field] > above
        )
        after = asked.get("search_after", [float("-inf")])
        hits = [{"_id": key, "_source": document, "sort": sort} for sort, key, document in found if sort > after]
        return {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": hits[: asked["size"]]}}


@pytest.fixture
def index() -> Index:
    return Index()


@pytest.fixture
def url(index: Index) -> Iterator[str]:
    with http_server(index.answer) as url:
        yield url


def secrets(reference: str) -> str:
    return {"${secret:es_logs_key}": "a-key", "${secret:es_logs_wrong}": "wrong-key-77"}[reference]


KEY = {"token": "${secret:es_logs_key}", "index": "logs"}


def test_documents_are_written_replaced_and_deleted(bench: Any, index: Index, url: str) -> None:
    index.busy = 1
    rows = bench.table({"service": str, "n": int}, ("cart", 1), ("pay", 1), ("cart", 5), times=[1, 1, 2])
    most = rows.groupby(rows.service).reduce(rows.service, n=pw.reducers.max(rows.n))

    Elasticsearch(url=url, key=["service"], **KEY).build(most, sink=bench.sink(), secrets=secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert index.documents == {'"cart"': {"service": "cart", "n": 5}, '"pay"': {"service": "pay", "n": 1}}


def test_a_document_that_is_refused_is_rejected_and_the_others_are_written(bench: Any, index: Index, url: str) -> None:
    Elasticsearch(url=url, **KEY).build(bench.table({"n": int}, (1,), (-2,), (3,)), sink=bench.sink(), secrets=secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(document["n"] for document in index.documents.values()) == [1, 3]
    assert [(row["raw"], row["reason"].partition(": ")[2]) for row in bench.rejected] == [
        ('{"n": -2}', "document_parsing_exception: failed to parse [n]")
    ]


def test_written_again_a_row_replaces_itself(bench: Any, index: Index, url: str) -> None:
    rows = bench.table({"n": int}, (1,), (3,))

    for name in ("first", "second"):
        Elasticsearch(url=url, **KEY).build(rows, sink=bench.sink(name), secrets=secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(document["n"] for document in index.documents.values()) == [1, 3]


def test_a_wrong_key_fails_the_run_and_is_not_told(bench: Any, url: str) -> None:
    node = Elasticsearch(url=url, index="logs", token="${secret:es_logs_wrong}")
    node.build(bench.table({"n": int}, (1,)), sink=bench.sink(), secrets=secrets)

    with pytest.raises(RunFailed, match="401 Unauthorized") as failed:
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    assert "wrong-key-77" not in str(failed.value)


def test_an_index_is_read_page_by_page_and_followed(
    bench: Any, index: Index, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "PAGE", 2)
    index.documents = {f"d{n}": {"at": n // 2, "service": {"name": f"s{n}"}} for n in range(5)}
    columns = {"at": "integer", "service.name": "text", "_id": "text"}
    node = ElasticsearchIndex(url=url, increasing="at", columns=columns, poll_s=0.05, **KEY)

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 5)
        index.documents["d9"] = {"at": 9, "service.name": "s9"}
        there(lambda rows: len(rows) == 6)

    found = bench.follow(node.build(source=bench.source(), secrets=secrets), steps)

    assert found == [(n // 2, f"s{n}", f"d{n}") for n in range(5)] + [(9, "s9", "d9")]
    assert index.points == {}


def test_a_probe_says_what_is_there_or_why_not(url: str) -> None:
    assert Elasticsearch(url=url, **KEY).probe(secrets=secrets) == f"{url}: elasticsearch 8.15.0"
    read = ElasticsearchIndex(url=url, columns={"n": "integer"}, **KEY)
    assert read.probe(secrets=secrets) == f"{url}/logs: 0 documents"
    with pytest.raises(SystemUnfit, match="404 Not Found"):
        read.model_copy(update={"index": "nothing"}).probe(secrets=secrets)
    with pytest.raises(Unreachable, match=r"http://127.0.0.1:1: .*refused"):
        read.model_copy(update={"url": "http://127.0.0.1:1"}).probe(secrets=secrets)
