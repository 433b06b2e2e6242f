"""Times, sizes and columns for people."""

from __future__ import annotations

import pytest

from workbench.tools.texts import columns, count, duration, one_line, printable, size, utc


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(0, "0 B", id="nothing"),
        pytest.param(999, "999 B", id="bytes"),
        pytest.param(1_000, "1 kB", id="the-first-kilo"),
        pytest.param(1_234_567, "1.23 MB", id="three-digits"),
        pytest.param(999_600, "1 MB", id="rounds-up-to-the-next-unit"),
        pytest.param(5 * 10**15, "5e+03 TB", id="beyond-the-last-unit"),
    ],
)
def test_sizes(number: int, expected: str) -> None:
    assert size(number) == expected


def test_times_have_whole_seconds_and_are_not_rounded_up() -> None:
    assert utc(1_769_852_100_999_999_999) == "2026-01-31T09:35:00Z"
    assert utc(-1) == "1969-12-31T23:59:59Z"
    assert utc(None) == "-"


def test_counts() -> None:
    assert [count(1, "row"), count(2_000, "row"), count(2, "anomaly", "anomalies")] == [
        "1 row",
        "2,000 rows",
        "2 anomalies",
    ]


def test_long_and_broken_lines_become_one() -> None:
    assert one_line("a\n  b", 10) == "a b"
    assert one_line("abcdef", 4) == "abc…"


def test_a_log_line_could_steer_the_terminal() -> None:
    assert printable("\x1b[2Jgone\x07 \x00") == "\\x1b[2Jgone\\x07 \\x00"
    assert one_line("a\x1b[31m\nb", 20) == "a\\x1b[31m b"
    assert printable("Käse 漢字 🔥") == "Käse 漢字 🔥"


def test_columns_are_aligned_without_blanks_at_the_end() -> None:
    assert columns(("N", "NAME"), [(1, "a"), (10, "")], right=(0,), indent="  ") == "   N  NAME\n   1  a\n  10"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (61, "1 min 1 s"),
        (3600, "1 h 0 min"),
        (183_609, "2 d 3 h"),
    ],
)
def test_lengths_of_time_have_their_two_largest_units(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected
