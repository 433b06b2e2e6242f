from pathlib import Path
from typing import Any

import pytest

from node_catalog.text.log_header import LogHeader
from workbench.errors import BadInput


def write_log(path: Path) -> list[str]:
    """Write a log with a header of its own kind and return its lines."""
    levels = ["INFO", "WARN", "ERROR"]
    said = [("cart.Basket", "item {} put"), ("pay.Till", "paid {} euro"), ("stock.Shelf", "shelf has {} left")]
    lines = [
        f"2026-03-10 09:30:{n:02},250 {levels[n % 3]} {said[n % 3][0]}: {said[n % 3][1].format(n)}" for n in range(60)
    ]
    path.write_text("\n".join(lines) + "\n")
    return lines


def test_cuts_lines_as_the_sample_shows(bench: Any, tmp_path: Path) -> None:
    lines = write_log(tmp_path / "app.log")
    table = bench.table({"body": str}, (lines[2],), ("java.lang.NullPointerException",))

    cut = LogHeader(learn_from=str(tmp_path / "app.log")).build(table)
    chosen = cut.select(cut.time_unix_nano, cut.severity_number, cut.severity_text, cut.component, cut.body)

    assert bench.run(chosen) == [
        (0, 0, "", "", "java.lang.NullPointerException"),
        (1773135002250000000, 17, "ERROR", "stock.Shelf", "shelf has 2 left"),
    ]


def test_the_header_is_that_of_the_program_and_a_time_before_it_stays(bench: Any, tmp_path: Path) -> None:
    lines = write_log(tmp_path / "app.log")
    (tmp_path / "syslog").write_text("".join(f"2026-03-10T10:00:00Z web-1 shop[7]: {line}\n" for line in lines))
    table = bench.table({"body": str, "time_unix_nano": int}, (lines[2], 5), (lines[2], 0))

    cut = LogHeader(learn_from=str(tmp_path / "syslog"), prefix="syslog").build(table)
    chosen = cut.select(cut.time_unix_nano, cut.severity_text, cut.body)

    assert bench.run(chosen) == [
        (1773135002250000000, "ERROR", "shelf has 2 left"),
        (5, "ERROR", "shelf has 2 left"),
    ]


def test_an_empty_sample_says_so(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("\n")

    with pytest.raises(BadInput, match="has no lines to learn the header from"):
        LogHeader(learn_from=str(tmp_path / "app.log")).build(bench.table({"body": str}, ("x",)))
