"""PostgreSQL, for real: rows there and back, its log followed, the server ended and started again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pathway as pw
import pytest

from node_catalog.sinks.postgres import PostgresOutput
from node_catalog.sources.postgres import Postgres
from tests.services.databases import Database
from tests.services.process import until
from workbench.errors import RunFailed, SystemUnfit, Unreachable

pytestmark = pytest.mark.service

COLUMNS = {"n": "integer", "name": "text", "price": "number", "at": "time", "more": "json", "ok": "boolean"}


@pytest.fixture
def shop(postgres: Database) -> Iterator[Callable[..., list[Any]]]:
    """Return a function that runs SQL; the tables it makes are gone afterwards."""
    import psycopg

    with psycopg.connect(
        host=postgres.host, port=postgres.port, user=postgres.user, password=postgres.password, autocommit=True
    ) as connection:

        def execute(sql: str, *values: Any) -> list[Any]:
            cursor = connection.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

        execute("CREATE TABLE items (n int PRIMARY KEY, name text, price numeric, at timestamptz, more jsonb, ok bool)")
        execute("INSERT INTO items VALUES (1, 'tea', 2.5, '2026-01-02 03:04:05+02', '{\"a\": [1]}', true)")
        execute("INSERT INTO items VALUES (2, 'milk')")
        yield execute
        for (slot,) in execute("SELECT slot_name FROM pg_replication_slots"):
            active = "SELECT active FROM pg_replication_slots WHERE slot_name = %s"
            until(lambda slot=slot, active=active: not execute(active, slot)[0][0])
            execute("SELECT pg_drop_replication_slot(%s)", slot)
        for (name,) in execute("SELECT pubname FROM pg_publication"):
            execute(f"DROP PUBLICATION {name}")
        for (name,) in execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            execute(f'DROP TABLE "{name}"')


def source(postgres: Database, **settings: Any) -> Postgres:
    return Postgres(**{**postgres.settings, "table": "items", "columns": COLUMNS, "poll_s": 0.05, **settings})


def test_a_table_is_read_once_with_all_its_types(bench: Any, postgres: Database, shop: Any) -> None:
    table = source(postgres, follow=False).build(source=bench.source(), secrets=postgres.secrets)

    first, second = bench.run(table)

    assert first == (1, "tea", 2.5, pw.DateTimeUtc("2026-01-02T01:04:05+00:00"), pw.Json({"a": [1]}), True)
    assert second == (2, "milk", None, None, None, None)


def test_new_rows_are_polled(bench: Any, postgres: Database, shop: Any) -> None:
    node = source(postgres, columns={"n": "integer"}, increasing="n")

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 2)
        shop("INSERT INTO items VALUES (3, 'bread')")
        there(lambda rows: len(rows) == 3)

    assert bench.follow(node.build(source=bench.source(), secrets=postgres.secrets), steps) == [(1,), (2,), (3,)]


def test_new_changed_and_deleted_rows_are_followed(bench: Any, postgres: Database, shop: Any) -> None:
    shop("INSERT INTO items (n, name) VALUES (10, %s)", "long" * 5000)
    node = source(postgres, columns={"n": "integer", "name": "text", "price": "number"}, key=["n"])

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 3)
        shop("INSERT INTO items (n, name) VALUES (3, 'it''s \"bread\"')")
        shop("UPDATE items SET price = 7 WHERE n = 1")
        shop("UPDATE items SET n = 20 WHERE n = 2")
        shop("UPDATE items SET price = 1 WHERE n = 10")
        shop("INSERT INTO items VALUES (4)")
        shop("DELETE FROM items WHERE n = 4")
        shop("INSERT INTO items VALUES (5)")
        there(lambda rows: any(row[0] == 5 for row in rows))

    found = bench.follow(node.build(source=bench.source(), secrets=postgres.secrets), steps)

    assert found == sorted(
        [(1, "tea", 7.0), (10, "long" * 5000, 1.0), (20, "milk", None), (3, 'it\'s "bread"', None), (5, None, None)],
        key=repr,
    )


def test_a_table_whose_key_is_called_id_could_not_be_followed_or_written(
    bench: Any, postgres: Database, shop: Any
) -> None:
    shop("CREATE TABLE orders (id int PRIMARY KEY, state text)")
    shop("INSERT INTO orders VALUES (1, 'new'), (2, 'new')")
    node = source(postgres, table="orders", columns={"id_": "integer", "state": "text"}, key=["id_"], slot="orders")

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 2)
        shop("UPDATE orders SET state = 'paid' WHERE id = 1")
        shop("UPDATE orders SET id = 20 WHERE id = 2")
        shop("INSERT INTO orders VALUES (3, 'new'), (4, 'new')")
        shop("DELETE FROM orders WHERE id = 3")
        there(lambda rows: any(row[0] == 4 for row in rows) and len(rows) == 3)

    found = bench.follow(node.build(source=bench.source(), secrets=postgres.secrets), steps)

    assert found == [(1, "paid"), (20, "new"), (4, "new")]
    rows = bench.table({"id_": int, "state": str}, *found)
    PostgresOutput(**postgres.settings, table="copy", key=["id_"]).build(
        rows, sink=bench.sink(), secrets=postgres.secrets
    )
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    assert shop("SELECT id, state FROM copy ORDER BY id") == [(1, "paid"), (4, "new"), (20, "new")]


def test_half_a_snapshot_is_begun_again_and_rows_that_went_meanwhile_go(
    bench: Any, postgres: Database, shop: Any
) -> None:
    from node_catalog._databases.pgfollow import PostgresFollower

    node = source(postgres, columns={"n": "integer"}, key=["n"])
    reader = PostgresFollower(node, node, node.slot, bench.source(), postgres.secrets)
    take = reader.take
    reader.take = lambda *one, **more: (take(*one, **more), bench.stop.set())
    with reader.connect() as connection:
        reader.poll(connection)
    reader._covered = len(reader._rows)
    bench.stop.clear()
    shop("DELETE FROM items WHERE n = 1")
    again = PostgresFollower(node, node, node.slot, bench.source(), postgres.secrets)
    again._count, again.offset, again._reached = 1, reader._reached, reader._reached

    with again.connect() as connection:
        until(lambda: again.poll(connection) or len(again._rows) == 2)

    assert reader._rows == [(True, (1,))]
    assert again._rows == [(True, (2,)), (False, (1,))]


def test_the_log_is_gone_on_with_where_an_earlier_run_had_come_to(bench: Any, postgres: Database, shop: Any) -> None:
    from node_catalog._databases.pgfollow import PostgresFollower

    node = source(postgres, columns={"n": "integer"}, key=["n"])
    reader = PostgresFollower(node, node, node.slot, bench.source(), postgres.secrets)
    reached: list[str] = []
    reader.flush = lambda: reached.append(reader._reached)
    with reader.connect() as connection:
        reader.poll(connection)
    shop("INSERT INTO items VALUES (3)")
    shop("DELETE FROM items WHERE n = 1")
    again = PostgresFollower(node, node, node.slot, bench.source(), postgres.secrets)
    again.offset = reader._reached

    with again.connect() as connection:
        until(lambda: again.poll(connection) or len(again._rows) == 2)

    assert again._rows == [(True, (3,)), (False, (1,))]


def test_a_table_without_a_key_is_not_published(bench: Any, postgres: Database, shop: Any) -> None:
    shop("CREATE TABLE bare (n int)")
    table = source(postgres, table="bare", columns={"n": "integer"}, key=["n"])

    with pytest.raises(RunFailed, match="the table has no primary key, so its changes cannot be followed"):
        bench.run(table.build(source=bench.source(), secrets=postgres.secrets))

    assert shop("SELECT * FROM pg_publication") == []
    shop("INSERT INTO bare VALUES (1)")
    shop("UPDATE bare SET n = 2")


def test_rows_go_there_and_come_back(bench: Any, postgres: Database, shop: Any) -> None:
    kinds = {"n": int, "x": float, "s": str, "b": bool, "raw": bytes, "at": pw.DateTimeUtc, "j": pw.Json}
    row = (
        1,
        0.5,
        "é'\"\\%s\x00",
        True,
        b"\x00\xff",
        pw.DateTimeUtc("2026-01-02T03:04:05.000006+00:00"),
        pw.Json({"a": None}),
    )
    out = PostgresOutput(**postgres.settings, table="out", key=["n"])

    out.build(bench.table(kinds, row), sink=bench.sink(), secrets=postgres.secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    at = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert shop('SELECT * FROM "out"') == [(1, 0.5, "é'\"\\%s", True, b"\x00\xff", at, {"a": None})]
    assert bench.rejected == []


def test_present_rows_are_kept_by_their_key(bench: Any, postgres: Database, shop: Any) -> None:
    rows = bench.table({"service": str, "n": int}, ("cart", 1), ("pay", 1), ("cart", 5), times=[1, 1, 2])
    most = rows.groupby(rows.service).reduce(rows.service, n=pw.reducers.max(rows.n))
    few = most.filter(most.n < 5)

    for node, table in (("most", most), ("few", few)):
        PostgresOutput(**postgres.settings, table=node, key=["service"]).build(
            table, sink=bench.sink(node), secrets=postgres.secrets
        )
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(shop("SELECT * FROM most")) == [("cart", 5), ("pay", 1)]
    assert shop("SELECT * FROM few") == [("pay", 1)]


def test_a_row_that_the_table_refuses_is_rejected(bench: Any, postgres: Database, shop: Any) -> None:
    shop("CREATE TABLE checked (n int CHECK (n > 0))")
    out = PostgresOutput(**postgres.settings, table="checked")

    out.build(bench.table({"n": int}, (1,), (-2,), (3,), (2**40,)), sink=bench.sink(), secrets=postgres.secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(shop("SELECT * FROM checked")) == [(1,), (3,)]
    assert sorted(row["raw"] for row in bench.rejected) == ['{"n": -2}', '{"n": 1099511627776}']


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"table": "items", "create": False}, 'column "m" of relation "items" does not exist'),
        ({"table": "items", "key": ["m"], "create": False}, 'column "m" of relation "items" does not exist'),
        ({"table": "nothing", "create": False}, 'relation "nothing" does not exist'),
        ({"table": "nowhere.t"}, 'schema "nowhere" does not exist'),
        ({"table": "t", "database": "nowhere"}, 'database "nowhere" does not exist'),
    ],
)
def test_what_can_take_no_row_fails_the_run(
    bench: Any, postgres: Database, shop: Any, settings: Any, message: str
) -> None:
    out = PostgresOutput(**{**postgres.settings, **settings})
    out.build(bench.table({"m": int}, (1,)), sink=bench.sink(), secrets=postgres.secrets)

    with pytest.raises(RunFailed, match=message):
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)


def test_a_probe_says_what_is_there_or_why_not(postgres: Database) -> None:
    node = source(postgres, follow=False)

    assert node.probe(secrets=postgres.secrets).startswith(
        f"postgresql://postgres@127.0.0.1:{postgres.port}/postgres: Post"
    )
    with pytest.raises(SystemUnfit, match="password authentication failed for user") as wrong:
        node.probe(secrets=lambda reference: "wrong-password-9")
    assert "wrong-password-9" not in str(wrong.value)
    with pytest.raises(Unreachable, match=r"postgresql://postgres@127.0.0.1:1/postgres: .*refused"):
        node.model_copy(update={"port": 1}).probe(secrets=postgres.secrets)
