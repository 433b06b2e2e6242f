"""DuckDB files, written for real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pathway as pw
import pytest

from node_catalog.sinks.duckdb import DuckdbFile
from workbench.errors import RunFailed, SystemUnfit


def rows_in(path: str, sql: str) -> list[Any]:
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_present_rows_are_kept_by_their_key(bench: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "out.db")
    rows = bench.table({"service": str, "n": int}, ("cart", 1), ("pay", 1), ("cart", 5), times=[1, 1, 2])
    most = rows.groupby(rows.service).reduce(rows.service, n=pw.reducers.max(rows.n))
    few = most.filter(most.n < 5)

    DuckdbFile(path=path, table="main.few", key=["service"]).build(few, sink=bench.sink())
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert rows_in(path, "SELECT * FROM few") == [("pay", 1)]


def test_rows_are_appended_with_all_their_types(bench: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "out.db")
    kinds = {"n": int, "x": float | None, "b": bool, "raw": bytes, "at": pw.DateTimeUtc, "j": pw.Json, "d": pw.Duration}
    at = pw.DateTimeUtc("2026-01-02T03:04:05.000006+00:00")
    row = (1, None, True, b"\x00\xff", at, pw.Json({"a": None}), pw.Duration(90, "s"))

    DuckdbFile(path=path, table="out").build(bench.table(kinds, row), sink=bench.sink())
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert rows_in(path, 'SELECT n, x, b, raw, epoch_us("at"), j::VARCHAR, epoch(d) FROM out') == [
        (1, None, True, b"\x00\xff", at.value // 1000, '{"a": null}', 90.0)
    ]
    assert bench.rejected == []


def test_a_row_that_the_table_refuses_is_rejected(bench: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "out.db")
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE checked (n INTEGER CHECK (n > 0))")

    DuckdbFile(path=path, table="checked").build(
        bench.table({"n": int}, (1,), (-2,), (3,), (2**40,)), sink=bench.sink()
    )
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(rows_in(path, "SELECT * FROM checked")) == [(1,), (3,)]
    assert sorted(row["raw"] for row in bench.rejected) == ['{"n": -2}', '{"n": 1099511627776}']


@pytest.mark.parametrize(
    ("name", "table", "message"),
    [
        ("causeway.duckdb", "t", r"this is the database of a workspace\. Write to it with sinks\.workspace_table"),
        ("out.db", "nowhere.t", "nowhere"),
    ],
)
def test_what_can_take_no_row_fails_the_run(bench: Any, tmp_path: Path, name: str, table: str, message: str) -> None:
    DuckdbFile(path=str(tmp_path / name), table=table).build(bench.table({"n": int}, (1,)), sink=bench.sink())

    with pytest.raises(RunFailed, match=message):
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)


def test_a_probe_opens_the_file_and_makes_none(tmp_path: Path) -> None:
    node = DuckdbFile(path=str(tmp_path / "out.duckdb"), table="items")

    assert node.probe(secrets=str) == f"{node.path} is not there yet; the flow will make it."
    assert list(tmp_path.iterdir()) == []
    with duckdb.connect(node.path) as connection:
        connection.execute("CREATE TABLE items (n INTEGER)")
    assert node.probe(secrets=str) == f"{node.path}: DuckDB v{duckdb.__version__}, 1 tables."
    Path(node.path).write_text("no database, but a text that is long enough to be looked at")
    with pytest.raises(SystemUnfit, match=r"out\.duckdb: "):
        node.probe(secrets=str)
