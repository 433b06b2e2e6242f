"""Pinecone and Weaviate by their documented protocols: small servers here stand for them; neither was at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pathway as pw
import pytest

from node_catalog._vectors.points import uuid_of
from node_catalog.sinks.pinecone import Pinecone
from node_catalog.sinks.weaviate import Weaviate
from tests.services.http import Request, http_server
from workbench.errors import BadInput, RunFailed, SystemUnfit

ROWS = [("a", 1, (0.5, 1.0)), ("b", 1, (1.0, 0.0)), ("b", 9, (1.0, 0.0))]


class Store:
    """Keeps vectors as either of the two would."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.asked: list[Request] = []
        self.classes: list[str] = []

    def answer(self, asked: Request) -> tuple[int, Any]:
        self.asked.append(asked)
        return self._objects(asked) if asked.path == "/v1/batch/objects" else self._other(asked)

    def _other(self, asked: Request) -> tuple[int, Any]:
        match asked.method, asked.path:
            case "POST", "/vectors/upsert":
                if asked.headers["Api-Key"] != "good":
                    return 401, {"message": "Invalid API Key"}
                vectors = asked.json()["vectors"]
                if any(len(one["values"]) != 2 for one in vectors):
                    return 400, {"code": 3, "message": "Vector dimension 3 does not match the dimension of the index 2"}
                self.kept |= {one["id"]: (one["values"], one["metadata"]) for one in vectors}
                return 200, {"upsertedCount": len(vectors)}
            case "POST", "/vectors/delete":
                for one in asked.json()["ids"]:
                    self.kept.pop(one, None)
                return 200, {}
            case "POST", "/describe_index_stats":
                return 200, {"dimension": 2, "totalVectorCount": len(self.kept)}
            case "GET", "/v1/meta":
                return 200, {"version": "1.30.0"}
            case "GET", "/v1/schema":
                return 200, {"classes": [{"class": name} for name in self.classes]}
            case "POST", "/v1/schema":
                self.classes.append(asked.json()["class"])
                return 200, asked.json()
        return 404, {"message": "no such path"}

    def _objects(self, asked: Request) -> tuple[int, Any]:
        if asked.method == "POST":
            return 200, [self._object(one) for one in asked.json()["objects"]]
        ids = asked.json()["match"]["where"]["valueTextArray"]
        for one in ids:
            self.kept.pop(one, None)
        return 200, {"results": {"matches": len(ids), "successful": len(ids), "failed": 0}}

    def _object(self, one: dict[str, Any]) -> dict[str, Any]:
        if len(one["vector"]) != 2:
            said = "vector lengths don't match: 2 vs 3"
            return {"id": one["id"], "result": {"status": "FAILED", "errors": {"error": [{"message": said}]}}}
        self.kept[one["id"]] = (one["vector"], one["properties"])
        return {"id": one["id"], "result": {"status": "SUCCESS"}}


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def url(store: Store) -> Iterator[str]:
    with http_server(store.answer) as url:
        yield url


@pytest.fixture(params=[Pinecone, Weaviate])
def node(request: pytest.FixtureRequest, url: str, bench: Any) -> Any:
    bench.secrets["vector_key"] = "good"
    more = {"api_key": "${secret:vector_key}"} if request.param is Pinecone else {"collection": "Calls"}
    return request.param(url=url, key=["name"], embedding="v", **more)


def shown(node: Any, name: str) -> str:
    return name if isinstance(node, Pinecone) else uuid_of(name)


def test_points_are_written_replaced_and_deleted(bench: Any, store: Store, node: Any) -> None:
    rows = bench.table({"name": str, "n": int, "v": tuple[float, float]}, *ROWS, times=[1, 1, 2])
    most = rows.groupby(rows.name).reduce(rows.name, n=pw.reducers.max(rows.n), v=pw.reducers.any(rows.v))

    bench.write(node, most.filter(most.n < 9))

    assert store.kept == {shown(node, "a"): ([0.5, 1.0], {"name": "a", "n": 1})}


def test_a_point_that_does_not_fit_is_rejected_and_the_others_are_written(bench: Any, store: Store, node: Any) -> None:
    rows = [("a", (0.5, 1.0)), ("b", (1.0, 2.0, 3.0)), ("c", ()), ("d", (1.0, 0.0))]

    bench.write(node, bench.table({"name": str, "v": list[float]}, *rows))

    assert sorted(store.kept) == sorted([shown(node, "a"), shown(node, "d")])
    assert sorted(row["raw"] for row in bench.rejected) == [
        '{"name": "b", "v": [1.0, 2.0, 3.0]}',
        '{"name": "c", "v": []}',
    ]
    assert any("'v' holds no vector" in row["reason"] for row in bench.rejected)


def test_a_key_of_several_columns_and_only_some_columns_kept(bench: Any, store: Store, node: Any) -> None:
    two = node.model_copy(update={"key": ["name", "n"], "columns": ["n"]})

    bench.write(two, bench.table({"name": str, "n": int, "v": tuple[float, float]}, ROWS[0]))

    assert store.kept == {shown(node, '"a", 1'): ([0.5, 1.0], {"n": 1})}


def test_a_wrong_key_fails_the_run_without_telling_it(bench: Any, url: str) -> None:
    bench.secrets["vector_key"] = "wrong-key-77"
    node = Pinecone(url=url, key=["name"], embedding="v", api_key="${secret:vector_key}")

    with pytest.raises(RunFailed, match=r"401 Unauthorized.*Invalid API Key") as failed:
        bench.write(node, bench.table({"name": str, "v": tuple[float, float]}, ("a", (0.5, 1.0))))
    assert "wrong-key-77" not in str(failed.value)


def test_a_column_that_is_not_there_is_told(bench: Any, node: Any) -> None:
    with pytest.raises(BadInput, match="there is no column 'v'; there are name"):
        bench.write(node, bench.table({"name": str}, ("a",)))


def test_a_probe_says_what_is_there(bench: Any, node: Any, url: str) -> None:
    said = "0 vectors of 2 numbers" if isinstance(node, Pinecone) else "Weaviate 1.30.0"

    assert node.probe(secrets=lambda name: "good") == f"{node.where}: {said}"
    with pytest.raises(SystemUnfit, match="404"):
        node.model_copy(update={"url": url + "/nowhere"}).probe(secrets=lambda name: "good")
