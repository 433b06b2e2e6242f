"""Plain-text logs: the header is learned; what has none belongs to the record before."""

from __future__ import annotations

import gzip

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import explain, import_paths
from workbench.store.db import Store


def lines(count: int = 40) -> list[str]:
    levels = ("INFO", "WARN", "ERROR")
    return [
        f"2023-11-14 22:13:{20 + at // 2:02},{500 * (at % 2):03} "
        f"{levels[at % 3]} [pool-{at % 4}] order {at * 37} took {at} ms"
        for at in range(count)
    ]


def test_times_levels_and_messages(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("orders.log", "\n".join(lines()))])

    assert (report.rows, report.rejected) == ({"logs": 40}, 0)
    assert rows(
        "SELECT source_line, time_unix_nano, severity_number, service_name FROM logs ORDER BY row_id LIMIT 3"
    ) == [
        (1, T0, 9, "orders"),
        (2, T0 + 500_000_000, 13, "orders"),
        (3, T0 + 10**9, 17, "orders"),
    ]
    assert rows("SELECT count(*) FROM logs WHERE body LIKE '%order % took % ms' AND body NOT LIKE '2023%'") == [(40,)]


def test_a_stack_trace_stays_with_its_record(store: Store, write: Write, rows: Rows) -> None:
    text = lines()
    text.insert(3, "Traceback:\n  File a.py\nValueError: no")
    import_paths(store, [write("orders.log.gz", gzip.compress("\n".join(text).encode()))])

    assert rows("SELECT count(*), max(source_line) FROM logs") == [(40, 43)]
    assert rows(
        "SELECT body LIKE '%2 ms\nTraceback:\n  File a.py\nValueError: no' FROM logs WHERE source_line = 3"
    ) == [(True,)]


def test_what_stands_before_the_first_time_is_rejected(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("orders.log", "\n".join(["Starting up", *lines()]))])

    assert (report.rows, report.rejected) == ({"logs": 40}, 1)
    assert rows("SELECT line, reason, raw FROM rejected") == [
        (1, "the line has no time, and no record with one stands before it", "Starting up")
    ]


def test_the_service_of_syslog_is_its_program(store: Store, write: Write, rows: Rows) -> None:
    words = ("opened", "closed", "refused")
    text = [
        f"Nov 14 22:13:{at:02} host1 {'sshd' if at % 2 else 'cron'}[{100 + at % 3}]: {words[at % 3]} session {at * 7}"
        for at in range(40)
    ]
    import_paths(store, [write("messages.log", "\n".join(text))])

    assert rows("SELECT DISTINCT service_name FROM logs ORDER BY 1") == [("cron",), ("sshd",)]


def test_the_explanation_says_what_was_learned(write: Write) -> None:
    found = explain([write("orders.log", "\n".join(lines()))])

    assert found[0].format == "text"
    assert found[0].times["header"].startswith("written as '2023-11-14 22:13:20,000'; UTC where no zone is written")
    assert found[0].tables == ["logs"]


def test_text_without_any_time_is_kept_as_what_was_seen_and_never_as_a_log(
    store: Store, write: Write, rows: Rows
) -> None:
    path = write("notes.txt", "\n".join(f"note number {at}" for at in range(30)))

    import_paths(store, [path])

    assert rows("SELECT count(*) FROM logs") == [(0,)]
    assert rows("SELECT object_kind, observed_unix_nano, value, source_line FROM states LIMIT 1") == [
        ("log", 0, "note number 0", 1)
    ]
