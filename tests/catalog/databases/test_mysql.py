"""MariaDB, for real: rows there and back, its binary log followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pathway as pw
import pytest

from node_catalog._databases.mysqlfollow import MysqlFollower
from node_catalog.sinks.mysql import MysqlOutput
from node_catalog.sources.mysql import Mysql
from tests.services.databases import Database
from tests.services.process import until
from workbench.errors import RunFailed, SystemUnfit, Unreachable

pytestmark = pytest.mark.service

COLUMNS = {"n": "integer", "name": "text", "price": "number", "at": "time", "raw": "bytes", "ok": "boolean"}


@pytest.fixture
def shop(mysql: Database) -> Iterator[Callable[..., list[Any]]]:
    """Return a function that runs SQL; the tables it makes are gone afterwards."""
    import pymysql

    connection = pymysql.connect(
        host=mysql.host, port=mysql.port, user=mysql.user, password=mysql.password, database=mysql.database,
        autocommit=True, init_command="SET time_zone = '+00:00'",
    )  # fmt: skip

    def execute(sql: str, *values: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall())

    execute(
        "CREATE TABLE items (n int PRIMARY KEY, name varchar(99), price decimal(10,2), at timestamp(6) NULL, "
        "raw varbinary(9), ok boolean)"
    )
    execute("INSERT INTO items VALUES (1, 'tée', 2.5, '2026-01-02 03:04:05.5', x'00ff', true)")
    execute("INSERT INTO items (n, name) VALUES (2, 'milk')")
    yield execute
    for (name,) in execute("SHOW TABLES"):
        execute(f"DROP TABLE `{name}`")
    connection.close()


def source(mysql: Database, **settings: Any) -> Mysql:
    return Mysql(**{**mysql.settings, "table": "items", "columns": COLUMNS, "poll_s": 0.05, **settings})


def test_a_table_is_read_once_with_all_its_types(bench: Any, mysql: Database, shop: Any) -> None:
    table = source(mysql, follow=False).build(source=bench.source(), secrets=mysql.secrets)

    at = pw.DateTimeUtc("2026-01-02T03:04:05.5+00:00")
    assert bench.run(table) == [(1, "tée", 2.5, at, b"\x00\xff", True), (2, "milk", None, None, None, None)]


def test_new_rows_are_polled(bench: Any, mysql: Database, shop: Any) -> None:
    node = source(mysql, columns={"n": "integer"}, increasing="n")

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 2)
        shop("INSERT INTO items (n) VALUES (3)")
        there(lambda rows: len(rows) == 3)

    table = node.build(source=bench.source(), secrets=mysql.secrets)
    assert bench.follow(table, steps) == [(1,), (2,), (3,)]


def test_new_changed_and_deleted_rows_are_followed(bench: Any, mysql: Database, shop: Any) -> None:
    node = source(mysql, key=["n"])

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 2)
        shop("INSERT INTO items VALUES (3, 'it''s', 1.25, '2026-01-02 03:04:05', x'01', false)")
        shop("UPDATE items SET price = 7 WHERE n = 1")
        shop("UPDATE items SET n = 20 WHERE n = 2")
        shop("INSERT INTO items (n) VALUES (4)")
        shop("DELETE FROM items WHERE n = 4")
        shop("INSERT INTO items (n) VALUES (5)")
        there(lambda rows: any(row[0] == 5 for row in rows))

    found = bench.follow(node.build(source=bench.source(), secrets=mysql.secrets), steps)

    at = pw.DateTimeUtc("2026-01-02T03:04:05+00:00")
    assert {row[0]: row[1:] for row in found} == {
        1: ("tée", 7.0, at + pw.Duration(milliseconds=500), b"\x00\xff", True),
        3: ("it's", 1.25, at, b"\x01", False),
        5: (None, None, None, None, None),
        20: ("milk", None, None, None, None),
    }


def test_a_table_whose_key_is_called_id_could_not_be_followed(bench: Any, mysql: Database, shop: Any) -> None:
    shop("CREATE TABLE orders (id int PRIMARY KEY, state varchar(20))")
    shop("INSERT INTO orders VALUES (1, 'new'), (2, 'new')")
    node = source(mysql, table="orders", columns={"id_": "integer", "state": "text"}, key=["id_"])

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 2)
        shop("UPDATE orders SET state = 'paid' WHERE id = 1")
        shop("UPDATE orders SET id = 20 WHERE id = 2")
        there(lambda rows: (20, "new") in rows and len(rows) == 2)

    assert bench.follow(node.build(source=bench.source(), secrets=mysql.secrets), steps) == [(1, "paid"), (20, "new")]


def test_half_a_snapshot_is_begun_again_and_rows_that_went_meanwhile_go(bench: Any, mysql: Database, shop: Any) -> None:
    node = source(mysql, columns={"n": "integer"}, key=["n"])
    reader = MysqlFollower(node, node, bench.source(), mysql.secrets)
    take = reader.take
    reader.take = lambda *one, **more: (take(*one, **more), bench.stop.set())
    with reader.connect() as connection:
        reader.poll(connection)
    reader._covered = len(reader._rows)
    bench.stop.clear()
    shop("DELETE FROM items WHERE n = 1")
    again = MysqlFollower(node, node, bench.source(), mysql.secrets)
    again._count, again.offset, again._reached = 1, reader._reached, reader._reached

    with again.connect() as connection:
        until(lambda: again.poll(connection) or len(again._rows) == 2)

    assert reader._rows == [(True, (1,))]
    assert again._rows == [(True, (2,)), (False, (1,))]


def test_the_log_is_gone_on_with_where_an_earlier_run_had_come_to(bench: Any, mysql: Database, shop: Any) -> None:
    node = source(mysql, columns={"n": "integer"}, key=["n"])
    reader = MysqlFollower(node, node, bench.source(), mysql.secrets)
    with reader.connect() as connection:
        reader.poll(connection)
    shop("INSERT INTO items (n) VALUES (3)")
    shop("DELETE FROM items WHERE n = 1")
    again = MysqlFollower(node, node, bench.source(), mysql.secrets)
    again.offset = again._reached = reader._reached

    with again.connect() as connection:
        until(lambda: again.poll(connection) or len(again._rows) == 2)

    assert again._rows == [(True, (3,)), (False, (1,))]
    assert again._covered == 2


def test_an_emptied_table_ends_the_run_with_a_sentence(bench: Any, mysql: Database, shop: Any) -> None:
    node = source(mysql, columns={"n": "integer"}, key=["n"])

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 2)
        shop("TRUNCATE TABLE items")
        there(lambda rows: False)

    with pytest.raises(RunFailed, match=r"TRUNCATE TABLE items: it names no rows\. Run the flow afresh"):
        bench.follow(node.build(source=bench.source(), secrets=mysql.secrets), steps)


def test_a_log_without_names_is_not_followed(
    bench: Any, mysql: Database, shop: Any, mysql_root: Callable[[str], None]
) -> None:
    mysql_root("SET GLOBAL binlog_row_metadata = 'NO_LOG'")
    table = source(mysql, key=["n"]).build(source=bench.source(), secrets=mysql.secrets)

    try:
        with pytest.raises(RunFailed, match="cannot be followed; the server needs binlog_row_metadata = FULL"):
            bench.run(table)
    finally:
        mysql_root("SET GLOBAL binlog_row_metadata = 'FULL'")


def test_rows_go_there_and_come_back(bench: Any, mysql: Database, shop: Any) -> None:
    kinds = {"n": int, "x": float, "s": str, "b": bool, "raw": bytes, "at": pw.DateTimeUtc, "j": pw.Json}
    then = pw.DateTimeUtc("2026-01-02T03:04:05.000006+00:00")
    row = (1, 0.5, "é'\"\\%s\x00😀", True, b"\x00\xff", then, pw.Json({"a": None}))
    out = MysqlOutput(**mysql.settings, table="out", key=["n"])

    out.build(bench.table(kinds, row), sink=bench.sink(), secrets=mysql.secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    at = datetime(2026, 1, 2, 3, 4, 5, 6)  # noqa: DTZ001 - the driver's
    assert shop("SELECT * FROM `out`") == [(1, 0.5, "é'\"\\%s\x00😀", 1, b"\x00\xff", at, '{"a": null}')]
    assert bench.rejected == []


def test_present_rows_are_kept_by_their_key(bench: Any, mysql: Database, shop: Any) -> None:
    rows = bench.table({"service": str, "n": int}, ("cart", 1), ("pay", 1), ("cart", 5), times=[1, 1, 2])
    most = rows.groupby(rows.service).reduce(rows.service, n=pw.reducers.max(rows.n))
    few = most.filter(most.n < 5)

    for node, table in (("most", most), ("few", few)):
        MysqlOutput(**mysql.settings, table=node, key=["service"]).build(
            table, sink=bench.sink(node), secrets=mysql.secrets
        )
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(shop("SELECT * FROM most")) == [("cart", 5), ("pay", 1)]
    assert shop("SELECT * FROM few") == [("pay", 1)]


def test_a_row_that_the_table_refuses_is_rejected(bench: Any, mysql: Database, shop: Any) -> None:
    shop("CREATE TABLE checked (n int CHECK (n > 0))")
    out = MysqlOutput(**mysql.settings, table="checked")

    out.build(bench.table({"n": int}, (1,), (-2,), (3,), (2**40,)), sink=bench.sink(), secrets=mysql.secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(shop("SELECT * FROM checked")) == [(1,), (3,)]
    assert sorted(row["raw"] for row in bench.rejected) == ['{"n": -2}', '{"n": 1099511627776}']


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"table": "items", "create": False}, "Unknown column 'm' in"),
        ({"table": "nothing", "create": False}, "Table 'causeway.nothing' doesn't exist"),
        ({"table": "t", "database": "nowhere"}, "Access denied for user"),
    ],
)
def test_what_can_take_no_row_fails_the_run(
    bench: Any, mysql: Database, shop: Any, settings: Any, message: str
) -> None:
    out = MysqlOutput(**{**mysql.settings, **settings})
    out.build(bench.table({"m": int}, (1,)), sink=bench.sink(), secrets=mysql.secrets)

    with pytest.raises(RunFailed, match=message):
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)


def test_a_probe_says_what_is_there_or_why_not(mysql: Database) -> None:
    node = source(mysql, follow=False)

    assert "MariaDB" in node.probe(secrets=mysql.secrets)
    with pytest.raises(SystemUnfit, match="Access denied for user 'causeway'") as wrong:
        node.probe(secrets=lambda reference: "wrong-password-9")
    assert "wrong-password-9" not in str(wrong.value)
    with pytest.raises(Unreachable, match=r"mysql://causeway@127.0.0.1:1/causeway: .*refused"):
        node.model_copy(update={"port": 1}).probe(secrets=mysql.secrets)
