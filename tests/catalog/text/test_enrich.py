from typing import Any

import pytest

from node_catalog.text.enrich import Enrich, level_of

COLUMNS = {"severity_number": int, "severity_text": str, "service_name": str, "host_name": str, "body": str}


def test_fills_in_severity_and_service(bench: Any) -> None:
    rows = bench.table(
        COLUMNS, (0, "warn", "", "n1", "x"), (9, "", "cart", "n1", "ERROR is a word"), (0, "", "", "", "E")
    )

    found = bench.rows(Enrich(service="shop"), rows)

    assert [(number, service) for number, _, service, _, _ in found] == [(0, "shop"), (13, "n1"), (9, "cart")]


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("2026-03-10 ERROR [worker] failed", 17),
        ('ts=1 level="warn" msg=x', 13),
        ("an error in lower case", 0),
        ("x" * 200 + " ERROR", 0),
    ],
)
def test_level_in_the_message(message: str, number: int) -> None:
    assert level_of(0, "", message) == number


def test_tells_which_columns_it_misses(bench: Any) -> None:
    with pytest.raises(Exception, match="no column severity_text, host_name"):
        Enrich().build(bench.table({"severity_number": int, "service_name": str, "body": str}, (1, "", "")))
