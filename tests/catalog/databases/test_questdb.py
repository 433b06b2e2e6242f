"""QuestDB over its wire protocol: a small server here takes lines as its documentation has them; none was at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pathway as pw
import pytest

from node_catalog.sinks.questdb import Questdb, line_of
from tests.services.http import Request, http_server
from workbench.errors import RunFailed


class Lines:
    """Takes batches whole or not at all."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.status = 204

    def answer(self, asked: Request) -> tuple[int, Any]:
        if asked.path == "/exec":
            return 200, {"dataset": [["Build Information: QuestDB 8.1.0"]]}
        assert (asked.path, asked.query) == ("/write", {"precision": "n"})
        lines = asked.body.decode().splitlines()
        if self.status != 204:
            return self.status, {"message": "not now"}
        if any("n=-" in line for line in lines):
            return 400, {"code": "invalid", "message": "failed to parse line protocol", "line": 1}
        self.taken += lines
        return 204, b""


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def url(lines: Lines) -> Iterator[str]:
    with http_server(lines.answer) as url:
        yield url


def test_rows_become_lines_and_a_bad_one_is_rejected(bench: Any, lines: Lines, url: str) -> None:
    rows = bench.table({"service": str, "n": int, "at": int}, ("cart", 1, 10), ("pay", -2, 20), ("pay", 3, 30))

    Questdb(url=url, table="calls", symbols=["service"], time_column="at").build(
        rows, sink=bench.sink(), secrets=lambda name: name
    )
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(lines.taken) == ["calls,service=cart n=1i 10", "calls,service=pay n=3i 30"]
    assert [row["raw"] for row in bench.rejected] == ['{"service": "pay", "n": -2, "at": 20}']


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ({"s": 'a "b" \\ c\nd'}, 't s="a \\"b\\" \\\\ c\\\nd"'),
        ({"k": "a b,c=d", "x": 0.5, "b": True, "n": None}, "t,k=a\\ b\\,c\\=d x=0.5,b=t"),
        ({"a b": 1, "j": {"x": [1]}}, 't a\\ b=1i,j="{\\"x\\": [1]}"'),
        ({"k": "only"}, "t,k=only"),
    ],
)
def test_values_are_written_so_that_they_stay_what_they_are(row: dict[str, Any], line: str) -> None:
    assert line_of(Questdb(url="http://localhost:9000", table="t", symbols=["k"]), row) == line


def test_a_server_without_the_protocol_fails_the_run(bench: Any, lines: Lines, url: str) -> None:
    lines.status = 404
    Questdb(url=url, table="t").build(bench.table({"n": int}, (1,)), sink=bench.sink(), secrets=lambda name: name)

    with pytest.raises(RunFailed, match="404 Not Found"):
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)


def test_a_probe_says_the_version(url: str) -> None:
    assert Questdb(url=url, table="t").probe(secrets=lambda name: name).endswith(": Build Information: QuestDB 8.1.0")
