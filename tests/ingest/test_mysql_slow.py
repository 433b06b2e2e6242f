"""Slow query logs: each statement is a log record and a span of the database."""

from __future__ import annotations

import json

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import import_paths
from workbench.ingest.readers.mysql_slow import is_slow_log
from workbench.store.db import Store

MS = 10**6
BANNER = (
    "/usr/sbin/mysqld, Version: 8.0.35 (MySQL Community Server - GPL). started with:\n"
    "Tcp port: 3306  Unix socket: /var/run/mysqld/mysqld.sock\n"
    "Time                 Id Command    Argument\n"
)
MYSQL = (
    "# Time: 2023-11-14T22:13:20.250000Z\n"
    "# User@Host: app[app] @ web1 [10.0.0.3]  Id:    49\n"
    "# Query_time: 1.250000  Lock_time: 0.000120 Rows_sent: 20  Rows_examined: 40000\n"
    "use shop;\n"
    "SET timestamp=1700000000;\n"
    "SELECT *\nFROM `orders`\nWHERE note LIKE '%28%';\n"
)
MARIADB = (
    "# User@Host: root[root] @ localhost []\n"
    "# Thread_id: 8  Schema: shop  QC_hit: No\n"
    "# Query_time: 3.000000  Lock_time: 0.500000  Rows_sent: 0  Rows_examined: 7\n"
    "# Rows_affected: 7  Bytes_sent: 11\n"
    "# Full_scan: Yes  Full_join: No\n"
    "SET timestamp=1700000003;\n"
    "/* nightly */ UPDATE carts SET old = 1;\n"
)
QUIT = (
    "# User@Host: app[app] @  [10.0.0.4]  Id: 50\n# Query_time: 2.000000  Lock_time: 0.000000 Rows_sent: 0\n"
    "SET timestamp=1700000005;\n# administrator command: Quit;\n"
)


def test_each_statement_is_a_log_record_and_a_span(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("db1/mysql-slow.log", BANNER + MYSQL + MARIADB + BANNER + MYSQL)])

    assert (report.rows, report.rejected) == ({"logs": 3, "spans": 3}, 0)
    assert rows("SELECT source_line, time_unix_nano, service_name, body FROM logs ORDER BY row_id LIMIT 2") == [
        (5, T0 + 250 * MS, "mysql", "SELECT *\nFROM `orders`\nWHERE note LIKE '%28%';"),
        (12, T0 + 3000 * MS, "mysql", "/* nightly */ UPDATE carts SET old = 1;"),
    ]
    assert rows(
        "SELECT span_name, span_kind, start_time_unix_nano, end_time_unix_nano FROM spans ORDER BY row_id LIMIT 2"
    ) == [
        ("SELECT orders", "SERVER", T0 - 1000 * MS, T0 + 250 * MS),
        ("UPDATE carts", "SERVER", T0, T0 + 3000 * MS),
    ]
    said = [json.loads(row[0]) for row in rows("SELECT attributes FROM logs ORDER BY row_id")]
    assert said[0] == {
        "duration_ms": "1250.0",
        "db.lock_ms": "0.12",
        "db.rows_examined": "40000",
        "db.response.returned_rows": "20",
        "db.user": "app",
        "db.namespace": "shop",
        "client.address": "10.0.0.3",
    }
    assert (said[1]["db.namespace"], said[1]["db.full_scan"], said[1]["client.address"]) == ("shop", "Yes", "localhost")


def test_an_administrators_command_is_a_statement(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("slow.log", QUIT)])

    assert rows("SELECT body FROM logs") == [("administrator command: Quit;",)]
    assert rows("SELECT service_name, span_name FROM spans") == [("mysql", "ADMINISTRATOR")]


def test_an_entry_without_its_time_is_rejected(store: Store, write: Write, rows: Rows) -> None:
    cut = "# User@Host: app[app] @ web1 [10.0.0.3]  Id: 49\nSELECT 1;\n"
    undated = QUIT.replace("SET timestamp=1700000005;\n", "")

    report = import_paths(store, [write("mysql-slow.log", MYSQL + cut + undated)])

    assert (report.rows, report.rejected) == ({"logs": 1, "spans": 1}, 2)
    assert rows("SELECT line, reason FROM rejected ORDER BY line") == [
        (9, "the entry has no Query_time"),
        (11, "ended is empty or no number"),
    ]


def test_other_logs_are_none() -> None:
    assert is_slow_log((BANNER + MYSQL).splitlines())
    assert not is_slow_log(["2023-11-14T22:13:20Z 8 Query SELECT 1", "# a comment"])
