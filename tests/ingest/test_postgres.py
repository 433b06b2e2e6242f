"""PostgreSQL's own logs: CSV without a header, and JSON; statements whose time is logged are spans, too."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.errors import BadInput
from workbench.ingest import import_paths
from workbench.ingest.readers.postgres import CSV_COLUMNS
from workbench.store.db import Store

MS = 10**6
FACTS = {
    "log_time": "2023-11-14 22:13:20.000 UTC",
    "user_name": "app",
    "database_name": "shop",
    "process_id": "4711",
    "connection_from": "10.0.0.3:50000",
    "session_id": "6553f0a0.1267",
    "session_line_num": "3",
    "command_tag": "SELECT",
    "session_start_time": "2023-11-14 21:00:00 UTC",
    "error_severity": "LOG",
    "sql_state_code": "00000",
    "application_name": "cart",
}
DURATION = "duration: 250.500 ms  statement: select *\nfrom public.orders where note = 'a, \"b\"'"
SAID = [
    {"message": DURATION},
    {
        "error_severity": "FATAL",
        "sql_state_code": "53300",
        "message": "sorry, too many clients already",
        "detail": "of 100",
    },
    {"message": "duration: 2.000 ms"},
    {"message": "duration: 0.050 ms  parse <unnamed>: select 1"},
]


def _csv(width: int) -> str:
    text = io.StringIO()
    for one in SAID:
        csv.writer(text, lineterminator="\n").writerow([(FACTS | one).get(name, "") for name in CSV_COLUMNS[:width]])
    return text.getvalue()


@pytest.mark.parametrize("width", [22, 23, 24, 26])
def test_csvlog_is_read_by_the_columns_of_its_version(store: Store, write: Write, rows: Rows, width: int) -> None:
    report = import_paths(store, [write("pg/postgresql-2023-11-14.csv", _csv(width))])

    assert (report.rows, report.rejected) == ({"logs": 4, "spans": 2}, 0)
    assert rows(
        "SELECT source_line, time_unix_nano, service_name, severity_text, severity_number, body FROM logs "
        "ORDER BY row_id LIMIT 2"
    ) == [
        (1, T0, "postgresql", "LOG", 9, DURATION),
        (2, T0, "postgresql", "FATAL", 21, "sorry, too many clients already"),
    ]
    said = json.loads(rows("SELECT attributes FROM logs ORDER BY row_id")[1][0])
    assert (said["sql_state_code"], said["detail"], said["user_name"], said["database_name"]) == (
        "53300",
        "of 100",
        "app",
        "shop",
    )
    assert said.get("application_name") == ("cart" if width > 22 else None)


def test_a_statement_whose_time_is_logged_is_a_span(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("postgresql.csv", _csv(26))])

    assert rows(
        "SELECT service_name, span_name, start_time_unix_nano, end_time_unix_nano FROM spans ORDER BY row_id"
    ) == [
        ("postgresql", "SELECT public.orders", T0 - 250 * MS - MS // 2, T0),
        ("postgresql", "SELECT", T0 - 2 * MS, T0),
    ]
    said = json.loads(rows("SELECT attributes FROM spans ORDER BY row_id")[0][0])
    assert said["db.query.text"] == "select *\nfrom public.orders where note = 'a, \"b\"'"
    assert (said["db.namespace"], said["db.user"]) == ("shop", "app")


def test_jsonlog_is_read_by_its_keys(store: Store, write: Write, rows: Rows) -> None:
    common = {
        "timestamp": "2023-11-14 22:13:20.000 UTC",
        "user": "app",
        "dbname": "shop",
        "pid": 4711,
        "session_id": "6553f0a0.1267",
        "line_num": 3,
        "ps": "SELECT",
        "error_severity": "LOG",
        "application_name": "cart",
        "backend_type": "client backend",
    }
    failed = {"error_severity": "ERROR", "state_code": "40P01", "message": "deadlock detected", "detail": "of two"}
    text = "\n".join(json.dumps(common | one) for one in ({"message": DURATION}, failed))

    report = import_paths(store, [write("db1/postgresql-Tue.json", text)])

    assert (report.rows, report.rejected) == ({"logs": 2, "spans": 1}, 0)
    assert rows("SELECT time_unix_nano, severity_number, body FROM logs ORDER BY row_id") == [
        (T0, 9, DURATION),
        (T0, 17, "deadlock detected"),
    ]
    assert json.loads(rows("SELECT attributes FROM logs ORDER BY row_id")[1][0])["state_code"] == "40P01"
    assert rows("SELECT span_name, end_time_unix_nano - start_time_unix_nano FROM spans") == [
        ("SELECT public.orders", 250_500_000)
    ]


def test_a_row_without_a_time_is_rejected(store: Store, write: Write, rows: Rows) -> None:
    text = _csv(26) + _csv(26).replace("2023-11-14 22:13:20.000 UTC", "yesterday")

    report = import_paths(store, [write("postgresql.csv", text)])

    assert (report.rows, report.rejected) == ({"logs": 4, "spans": 2}, 4)
    assert rows("SELECT DISTINCT reason FROM rejected") == [("time log_time 'yesterday' cannot be read",)]


def test_other_files_without_a_header_are_told_so(store: Store, write: Write) -> None:
    row = ["2023-11-14 22:13:20.000 UTC", *["1"] * 25]

    with pytest.raises(BadInput, match="the first line is no header"):
        import_paths(store, [write("numbers.csv", "\n".join([",".join(row)] * 3))])
