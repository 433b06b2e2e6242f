"""Log lines in all their dresses: prefixes of containers, JSON, levels in words, stack traces, no time at all."""

from __future__ import annotations

from tests.ingest.conftest import Rows, Write
from workbench.ingest import import_paths
from workbench.store import telemetry
from workbench.store.db import Store

COMMAND = "$ kubectl logs deploy/cart -n shop --all-containers --prefix\n"


def test_the_prefix_of_a_container_says_whose_line_it_is(store: Store, write: Write, rows: Rows) -> None:
    text = COMMAND + "[pod/cart-5d8f7c6b9d-x2x7z/proxy] 2026-02-02T10:00:00Z [error] upstream gone\n"

    import_paths(store, [write("all.txt", text)])

    assert rows(
        "SELECT service_name, service_instance_id, severity_number, json_extract_string(attributes, '$.container') "
        "FROM logs"
    ) == [("cart", "cart-5d8f7c6b9d-x2x7z", 17, "proxy")]


def test_records_of_json_are_read_line_by_line(store: Store, write: Write, rows: Rows) -> None:
    text = COMMAND + '{"level":50,"time":1770026400000,"pid":1,"msg":"payment failed","code":"E7"}\nplain words\n'

    import_paths(store, [write("json.txt", text)])

    assert rows("SELECT severity_text, body FROM logs") == [
        ("ERROR", 'payment failed {"msg": "payment failed", "code": "E7"}')
    ]
    assert rows("SELECT attribute, value FROM states") == [("log.line", "plain words")]


def test_a_stack_trace_stays_with_its_line(store: Store, write: Write, rows: Rows) -> None:
    text = COMMAND + "ERROR java.lang.IllegalStateException: no\n\tat shop.Cart.total(Cart.java:7)\nINFO next\n"

    import_paths(store, [write("stack.txt", text)])

    assert rows("SELECT attribute, value FROM states ORDER BY source_line") == [
        ("log.ERROR", "ERROR java.lang.IllegalStateException: no\n\tat shop.Cart.total(Cart.java:7)"),
        ("log.INFO", "INFO next"),
    ]


def test_lines_without_a_time_never_date_a_case(store: Store, write: Write) -> None:
    import_paths(store, [write("words.txt", "starting up\nERROR: it broke\n")], scope="a")

    found = telemetry.read(store, scope="a")

    assert found.extent() is None
    assert found.states["attribute"].tolist() == ["log.line", "log.ERROR"]


def test_a_long_text_is_read_whole_and_its_one_error_is_there(store: Store, write: Write, rows: Rows) -> None:
    lines = [f"handled order {at} in {at % 7} ms" for at in range(60_000)]
    lines[41_234] = "FATAL ledger is inconsistent"

    import_paths(store, [write("long.txt", COMMAND + "\n".join(lines))])

    assert rows("SELECT count(*) FROM states") == [(60_000,)]
    assert rows("SELECT source_line, value FROM states WHERE attribute = 'log.FATAL'") == [
        (41_236, "FATAL ledger is inconsistent")
    ]
