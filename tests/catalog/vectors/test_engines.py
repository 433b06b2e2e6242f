"""Chroma's own server, and the engines that Qdrant and Milvus give away with their clients."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pathway as pw
import pytest

from node_catalog._databases.http import HttpConnection
from node_catalog.sinks.chroma import Chroma
from node_catalog.sinks.milvus import Milvus
from node_catalog.sinks.qdrant import Qdrant
from tests.services.process import answers, free_port, server
from workbench.errors import Unreachable

pytestmark = [
    pytest.mark.service,
    # Libraries of others leave files to the collector, and talk of what will come.
    pytest.mark.filterwarnings("default"),
]
ROWS = [("a", 1, (0.5, 1.0)), ("b", 1, (1.0, 0.0)), ("b", 9, (1.0, 0.0)), ("c", 2, (0.0, 1.0))]


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port, folder = free_port(), tmp_path_factory.mktemp("chroma")
    program = str(Path(sys.executable).with_name("chroma"))
    command = [program, "run", "--host", "127.0.0.1", "--port", str(port), "--path", str(folder / "data")]
    with server(command, ready=lambda: answers(port), log=folder / "log", ANONYMIZED_TELEMETRY="False"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(params=["chroma", "qdrant", "milvus"])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    common = {"key": ["name"], "embedding": "v", "collection": f"calls_{tmp_path.name[-9:]}".replace("-", "_")}
    match request.param:
        case "chroma":
            return Chroma(url=request.getfixturevalue("chroma"), document="name", **common)
        case "qdrant":
            return Qdrant(folder=str(tmp_path / "qdrant"), **common)
    return Milvus(uri=str(tmp_path / "milvus.db"), **common)


def kept(node: Any) -> list[tuple[str, int]]:
    """Return name and n of all points, asked for as others than we would."""
    with node.connected(lambda name: name) as opened:
        if isinstance(node, Qdrant):
            found = [one.payload for one in opened.scroll(node.collection, limit=100)[0]]
        elif isinstance(node, Milvus):
            found = opened.query(node.collection, filter="n >= 0", output_fields=["name", "n"])
        else:
            assert isinstance(opened, HttpConnection)
            (one,) = [
                c for c in opened.request("GET", f"{node.base}/collections").json() if c["name"] == node.collection
            ]
            asked = opened.request("POST", f"{node.base}/collections/{one['id']}/get", json={}).json()
            found = [{**m, "name": d} for m, d in zip(asked["metadatas"], asked["documents"], strict=True)]
        return sorted((one["name"], one["n"]) for one in found)


def test_points_are_written_replaced_and_deleted(bench: Any, node: Any) -> None:
    rows = bench.table({"name": str, "n": int, "v": tuple[float, float]}, *ROWS, times=[1, 1, 2, 2])
    most = rows.groupby(rows.name).reduce(rows.name, n=pw.reducers.max(rows.n), v=pw.reducers.any(rows.v))
    bench.write(node, most.filter(most.n < 9))
    assert kept(node) == [("a", 1), ("c", 2)]

    bench.write(node, bench.table({"name": str, "n": int, "v": tuple[float, float]}, ("a", 5, (1.0, 1.0))))
    assert kept(node) == [("a", 5), ("c", 2)]


def test_a_point_of_another_size_is_rejected_and_the_others_are_written(bench: Any, node: Any) -> None:
    rows = [("a", 1, (0.5, 1.0)), ("b", 2, (1.0, 2.0, 3.0)), ("c", 3, (1.0, 0.0))]
    columns = {"name": str, "n": int, "v": list[float]}
    bench.write(node, bench.table(columns, rows[0]))

    bench.write(node, bench.table(columns, *rows))

    assert kept(node) == [("a", 1), ("c", 3)]
    assert [row["raw"] for row in bench.rejected] == ['{"name": "b", "n": 2, "v": [1.0, 2.0, 3.0]}']


def test_a_probe_says_what_is_there(bench: Any, node: Any) -> None:
    def no_secret(reference: str) -> str:
        raise KeyError(reference)

    said = node.probe(secrets=no_secret)

    assert "collection" in said


def test_a_server_that_is_not_there_is_told() -> None:
    common = {"key": ["name"], "embedding": "v", "collection": "calls"}
    for node in (
        Chroma(url="http://127.0.0.1:1", **common),
        Qdrant(url="http://127.0.0.1:1", **common),
        Milvus(uri="http://127.0.0.1:1", timeout_s=1, **common),
    ):
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
            node.probe(secrets=lambda name: name)
