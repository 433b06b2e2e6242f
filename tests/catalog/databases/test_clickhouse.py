"""ClickHouse's own engine, the library chdb, behind a small HTTP server: the SQL is ClickHouse's, the port ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pathway as pw
import pytest

from node_catalog.sinks.clickhouse import Clickhouse
from tests.services.http import Request, http_server
from workbench.errors import RunFailed

pytestmark = pytest.mark.service


class Engine:
    """ClickHouse in this process; it has the errors of the server, with their codes."""

    def __init__(self, folder: Path) -> None:
        from chdb import session

        self._session = session.Session(str(folder))
        self.busy = 0

    def answer(self, asked: Request) -> tuple[int, Any]:
        if asked.headers.get("Authorization") != "Basic Y2F1c2V3YXk6cHc=":
            return 403, b"Code: 516. DB::Exception: causeway: Authentication failed"
        if self.busy:
            self.busy -= 1
            return 503, b"Code: 202. DB::Exception: Too many simultaneous queries"
        try:
            return 200, self.query(asked.body.decode())
        except RuntimeError as error:
            return 400, str(error).encode()

    def query(self, sql: str) -> bytes:
        result: bytes = self._session.query(sql, "TabSeparated").bytes()
        return result

    def close(self) -> None:
        self._session.close()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(tmp_path_factory.mktemp("clickhouse"))
    yield engine
    engine.close()


@pytest.fixture
def url(engine: Engine) -> Iterator[str]:
    with http_server(engine.answer) as url:
        yield url
    for name in engine.query("SHOW TABLES FROM default").decode().split():
        engine.query(f"DROP TABLE default.`{name}`")


LOGIN = {"user": "causeway", "password": "${secret:clickhouse_test_password}"}


def test_rows_are_appended_with_all_their_types(bench: Any, engine: Engine, url: str) -> None:
    engine.busy = 1
    kinds = {"n": int, "x": float | None, "s": str, "b": bool, "at": pw.DateTimeUtc, "j": pw.Json}
    at = pw.DateTimeUtc("2026-01-02T03:04:05.000006+00:00")
    rows = bench.table(kinds, (2**62, None, "é'\"\\\n", True, at, pw.Json({"a": 1})))

    Clickhouse(url=url, table="out", **LOGIN).build(rows, sink=bench.sink(), secrets=lambda name: "pw")
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    found = engine.query("SELECT n, x, s, b, at, j FROM default.out FORMAT JSONCompactEachRow")
    assert json.loads(found) == [2**62, None, "é'\"\\\n", True, "2026-01-02 03:04:05.000006", '{"a": 1}']
    assert bench.rejected == []


def test_present_rows_are_kept_by_their_key(bench: Any, engine: Engine, url: str) -> None:
    rows = bench.table({"service": str, "n": int}, ("cart", 1), ("pay", 1), ("cart", 5), times=[1, 1, 2])
    most = rows.groupby(rows.service).reduce(rows.service, n=pw.reducers.max(rows.n))
    few = most.filter(most.n < 5)

    for node, table in (("most", most), ("few", few)):
        Clickhouse(url=url, table=node, key=["service"], **LOGIN).build(
            table, sink=bench.sink(node), secrets=lambda name: "pw"
        )
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert engine.query("SELECT service, n FROM default.most FINAL ORDER BY service") == b"cart\t5\npay\t1\n"
    assert engine.query("SELECT service, n FROM default.few FINAL") == b"pay\t1\n"


def test_a_row_that_does_not_fit_is_rejected(bench: Any, engine: Engine, url: str) -> None:
    engine.query("CREATE TABLE default.small (s FixedString(2)) ENGINE = MergeTree ORDER BY tuple()")

    Clickhouse(url=url, table="small", **LOGIN).build(
        bench.table({"s": str}, ("ab",), ("abc",), ("cd",)), sink=bench.sink(), secrets=lambda name: "pw"
    )
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert engine.query("SELECT s FROM default.small ORDER BY s") == b"ab\ncd\n"
    assert [row["raw"] for row in bench.rejected] == ['{"s": "abc"}']


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"table": "other", "create": False}, "Code: 60"),
        ({"table": "t", "user": "nobody"}, "403 Forbidden: Code: 516"),
    ],
)
def test_what_can_take_no_row_fails_the_run(bench: Any, url: str, settings: Any, message: str) -> None:
    node = Clickhouse(**{"url": url, **LOGIN, **settings})
    node.build(bench.table({"m": int}, (1,)), sink=bench.sink(), secrets=lambda name: "pw")

    with pytest.raises(RunFailed, match=message):
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)


def test_a_probe_says_the_version(url: str) -> None:
    assert "ClickHouse 2" in Clickhouse(url=url, table="t", **LOGIN).probe(secrets=lambda name: "pw")
