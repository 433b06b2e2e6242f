"""SQLite files, read and written for real."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pathway as pw
import pytest

from node_catalog.sinks.sqlite import SqliteOutput
from node_catalog.sources.sqlite import Sqlite
from workbench.errors import BadInput, RunFailed, SystemUnfit
from workbench.flow.graph import Flow
from workbench.flow.script import to_script

COLUMNS = {"n": "integer", "name": "text", "price": "number"}


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = str(tmp_path / "shop.db")
    execute(path, "CREATE TABLE items (n INTEGER PRIMARY KEY, name TEXT, price REAL, changed TEXT)")
    execute(path, "INSERT INTO items VALUES (1, 'tea', 2.5, 'a'), (2, 'milk', NULL, 'a'), (3, 'many', 1, 'b')")
    return path


def execute(path: str, sql: str) -> list[Any]:
    with sqlite3.connect(path) as connection:
        found = connection.execute(sql).fetchall()
    connection.close()
    return found


def test_a_table_is_read_once(bench: Any, path: str) -> None:
    node = Sqlite(path=path, table="items", columns=COLUMNS, follow=False)

    assert bench.rows(node) == [(1, "tea", 2.5), (2, "milk", None), (3, "many", 1.0)]


def test_a_value_that_does_not_fit_is_rejected_with_its_row(bench: Any, path: str) -> None:
    node = Sqlite(path=path, table="items", columns={"n": "integer", "name": "integer"}, follow=False, nulls="reject")

    assert bench.rows(node) == []
    assert bench.rejected[0]["reason"] == "column 'name': 'tea' is not a whole number of 64 bits"
    assert bench.rejected[0]["raw"] == '{"n": 1, "name": "tea"}'


def test_new_and_changed_rows_are_followed(bench: Any, path: str) -> None:
    node = Sqlite(path=path, table="items", columns=COLUMNS, key=["n"], increasing="changed", poll_s=0.05)
    table = node.build(source=bench.source())

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 3)
        execute(path, "UPDATE items SET price = 3, changed = 'c' WHERE n = 1")
        execute(path, "INSERT INTO items VALUES (4, 'bread', 4, 'c')")
        there(lambda rows: len(rows) == 4 and (1, "tea", 3.0) in rows)

    found = bench.follow(table, steps)

    assert found == [(1, "tea", 3.0), (2, "milk", None), (3, "many", 1.0), (4, "bread", 4.0)]


def test_a_table_that_is_not_there_fails_with_its_place(bench: Any, path: str) -> None:
    with pytest.raises(RunFailed, match=r"node 'node': .*shop\.db/orders: no such table: orders"):
        bench.rows(Sqlite(path=path, table="orders", columns=COLUMNS, follow=False))


def test_following_needs_a_column_that_grows(path: str) -> None:
    with pytest.raises(ValueError, match="following a table needs the column `increasing`"):
        Sqlite(path=path, table="items", columns=COLUMNS)


def test_present_rows_are_kept_by_their_key(bench: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "out.db")
    rows = bench.table({"service": str, "errors": int}, ("cart", 1), ("pay", 1), ("cart", 5), times=[1, 1, 2])
    latest = rows.groupby(rows.service).reduce(rows.service, errors=pw.reducers.max(rows.errors))
    few = latest.filter(latest.errors < 5)

    SqliteOutput(path=path, table="all", key=["service"]).build(latest, sink=bench.sink())
    SqliteOutput(path=path, table="few", key=["service"]).build(few, sink=bench.sink("few"))
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(execute(path, 'SELECT * FROM "all"')) == [("cart", 5), ("pay", 1)]
    assert execute(path, "SELECT * FROM few") == [("pay", 1)]


def test_without_a_key_rows_are_appended_or_their_changes_logged(bench: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "out.db")
    rows = bench.table({"errors": int}, (1,), (5,), times=[1, 2])
    latest = rows.reduce(errors=pw.reducers.max(rows.errors))

    SqliteOutput(path=path, table="came").build(latest, sink=bench.sink())
    SqliteOutput(path=path, table="log", log=True).build(latest, sink=bench.sink("log"))
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert execute(path, "SELECT * FROM came") == [(1,), (5,)]
    assert sorted(execute(path, "SELECT errors, diff FROM log")) == [(1, -1), (1, 1), (5, 1)]


def test_a_row_that_the_table_refuses_is_rejected_and_the_others_are_written(bench: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "out.db")
    execute(path, "CREATE TABLE items (n INTEGER CHECK (n > 0))")

    SqliteOutput(path=path, table="items").build(bench.table({"n": int}, (1,), (-2,), (3,)), sink=bench.sink())
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(execute(path, "SELECT * FROM items")) == [(1,), (3,)]
    assert [(row["raw"], row["reason"]) for row in bench.rejected] == [
        ('{"n": -2}', f"{path}/items: CHECK constraint failed: n > 0")
    ]


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("CREATE TABLE items (m INTEGER)", "table items has no column named n"),
        ("CREATE TABLE items (n INTEGER)", "ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint"),
    ],
)
def test_a_table_that_does_not_fit_fails_the_run(bench: Any, tmp_path: Path, schema: str, message: str) -> None:
    path = str(tmp_path / "out.db")
    execute(path, schema)
    SqliteOutput(path=path, table="items", key=["n"]).build(bench.table({"n": int}, (1,)), sink=bench.sink())

    with pytest.raises(RunFailed, match=message):
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)


def test_names_mean_nothing_but_names(bench: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "out.db")
    name = 'x"); DROP TABLE items; --'

    SqliteOutput(path=path, table=name, key=["a b"]).build(bench.table({"a b": str}, ("'",)), sink=bench.sink())
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert execute(path, "SELECT name FROM sqlite_schema WHERE type = 'table'") == [(name,)]


def test_a_log_needs_its_columns_free(bench: Any, tmp_path: Path) -> None:
    node = SqliteOutput(path=str(tmp_path / "out.db"), table="t", log=True)

    with pytest.raises(BadInput, match="the rows have a column 'diff' already"):
        node.build(bench.table({"diff": int}, (1,)), sink=bench.sink())


def test_a_probe_says_what_is_there(path: str, tmp_path: Path) -> None:
    node = Sqlite(path=path, table="items", columns=COLUMNS, follow=False)
    (tmp_path / "no.db").write_text("This is no database, however long it is. " * 9)

    assert node.probe(secrets=lambda name: name).endswith(", 1 tables")
    with pytest.raises(SystemUnfit, match=r"no\.db: file is not a database"):
        node.model_copy(update={"path": str(tmp_path / "no.db")}).probe(secrets=lambda name: name)


@pytest.mark.slow
def test_an_exported_script_copies_rows_without_causeway(path: str, tmp_path: Path) -> None:
    read = {"path": path, "table": "items", "columns": COLUMNS, "follow": False}
    write = {"path": str(tmp_path / "out.db"), "table": "copy", "key": ["n"]}
    flow = Flow.model_validate(
        {
            "name": "copy",
            "nodes": [
                {"id": "read", "kind": "sources.sqlite", "settings": read},
                {"id": "write", "kind": "sinks.sqlite", "settings": write},
            ],
            "edges": [{"source": "read", "target": "write"}],
        }
    )
    (tmp_path / "copied.py").write_text(to_script(flow))

    done = subprocess.run(
        [sys.executable, str(tmp_path / "copied.py")], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert sorted(execute(write["path"], "SELECT n, name, price FROM copy")) == [
        (1, "tea", 2.5), (2, "milk", None), (3, "many", 1.0),
    ]  # fmt: skip


def test_a_probe_of_a_sink_opens_the_file_and_makes_none(path: str, tmp_path: Path) -> None:
    there, missing = SqliteOutput(path=path, table="items"), tmp_path / "sub" / "new.db"

    assert there.probe(secrets=str) == f"{path}: SQLite {sqlite3.sqlite_version}, 1 tables."
    with pytest.raises(SystemUnfit, match="its folder is not there"):
        SqliteOutput(path=str(missing), table="items").probe(secrets=str)
    missing.parent.mkdir()
    assert "is not there yet" in SqliteOutput(path=str(missing), table="items").probe(secrets=str)
    assert list(missing.parent.iterdir()) == []


def test_a_column_called_id_is_id_in_the_flow_with_a_line_behind_it(bench: Any, path: str, tmp_path: Path) -> None:
    execute(path, "CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT)")
    execute(path, "INSERT INTO orders VALUES (1, 'new'), (2, 'paid')")
    node = Sqlite(path=path, table="orders", columns={"id_": "integer", "state": "text"}, key=["id_"], follow=False)
    out = str(tmp_path / "out.db")

    found = bench.rows(node)
    bench.write(SqliteOutput(path=out, table="copy", key=["id_"]), bench.table({"id_": int, "state": str}, *found))

    assert found == [(1, "new"), (2, "paid")]
    assert execute(out, "SELECT id, state FROM copy") == [(1, "new"), (2, "paid")]
    with pytest.raises(ValueError, match=r"a column cannot be called 'id': Pathway names its row key so; write id_"):
        Sqlite(path=path, table="orders", columns={"id": "integer"}, follow=False)
