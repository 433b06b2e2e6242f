"""Times of any common form become UTC nanoseconds."""

from __future__ import annotations

import pytest

from workbench.ingest import sql
from workbench.ingest.decide_clock import decide, shift_between
from workbench.ingest.profile import TimeRule

T = 1_700_000_000  # 2023-11-14T22:13:20Z


def read(cells: list[str], **rule: str) -> list[int | None]:
    clock = decide(cells, TimeRule(column="t", **rule))
    assert clock is not None
    return sql.evaluate(clock.expression("x"), cells)


@pytest.mark.parametrize(
    ("cell", "nanos"),
    [
        pytest.param("1700000000", T * 10**9, id="seconds"),
        pytest.param("1700000000123", T * 10**9 + 123_000_000, id="milliseconds"),
        pytest.param("1700000000123456", T * 10**9 + 123_456_000, id="microseconds"),
        pytest.param("1700000000123456789", T * 10**9 + 123_456_789, id="nanoseconds"),
        pytest.param("1700000000.123456789", T * 10**9 + 123_456_789, id="seconds-with-fraction"),
        pytest.param("1700000000123.5", T * 10**9 + 123_500_000, id="milliseconds-with-fraction"),
        pytest.param("1700000000.0", T * 10**9, id="seconds-as-a-float"),
        pytest.param("2023-11-14T22:13:20Z", T * 10**9, id="iso"),
        pytest.param("2023-11-14 22:13:20.123456789", T * 10**9 + 123_456_789, id="iso-nanoseconds-without-zone"),
        pytest.param("2023-11-15T06:13:20.5+08:00", T * 10**9 + 500_000_000, id="iso-offset"),
        pytest.param("2023-11-14 22:13:20.000000001 +0000 UTC m=+0.119", T * 10**9 + 1, id="go"),
        pytest.param("2023-11-14 17:13:20 -0500 EST", T * 10**9, id="go-zone"),
        pytest.param("2023-11-14 22:13:20,250", T * 10**9 + 250_000_000, id="comma-before-the-fraction"),
        pytest.param("[2023-11-14 22:13:20]", T * 10**9, id="brackets"),
        pytest.param("2023/11/14 22:13:20", T * 10**9, id="slashes"),
        pytest.param("14/Nov/2023:23:13:20 +0100", T * 10**9, id="access-log"),
        pytest.param("Tue Nov 14 22:13:20 2023", T * 10**9, id="ctime"),
        pytest.param("20231114 22:13:20", T * 10**9, id="digits"),
        pytest.param("14.11.2023 22:13:20", T * 10**9, id="day-first"),
    ],
)
def test_each_form_is_read(cell: str, nanos: int) -> None:
    assert read([cell]) == [nanos]


def test_rows_of_another_magnitude_are_read_by_their_own() -> None:
    cells = ["1700000000", "1700000001", "1700000002000", "1700000003000000000"]

    assert read(cells) == [T * 10**9, (T + 1) * 10**9, (T + 2) * 10**9, (T + 3) * 10**9]


def test_the_median_names_the_unit() -> None:
    clock = decide(["1700000000", "1700000001000", "1700000002000"], TimeRule(column="t"))

    assert clock is not None
    assert clock.said == "epoch in ms, by the magnitude of its median; others row by row; UTC"


@pytest.mark.parametrize(
    ("zone", "cell", "nanos"),
    [
        pytest.param("Europe/Berlin", "2023-11-14 23:13:20", T * 10**9, id="winter"),
        pytest.param("Europe/Berlin", "2023-07-01 14:00:00", 1_688_212_800 * 10**9, id="summer"),
        pytest.param("+08:00", "2023-11-15 06:13:20.000000007", T * 10**9 + 7, id="offset-keeps-nanoseconds"),
        pytest.param("Asia/Shanghai", "2023-11-14T22:13:20Z", T * 10**9, id="a-written-zone-wins"),
    ],
)
def test_a_time_without_a_zone_is_read_in_the_zone_of_the_profile(zone: str, cell: str, nanos: int) -> None:
    assert read([cell], zone=zone) == [nanos]


def test_a_zone_that_is_not_written_is_said_to_be_taken_as_utc() -> None:
    clock = decide(["2023-11-14 22:13:20"], TimeRule(column="t"))

    assert clock is not None
    assert clock.said == "readable date and time; no zone written, read as UTC"


def test_one_row_tells_which_number_is_the_day() -> None:
    cells = ["05/11/2023 22:13:20", "06/11/2023 22:13:20", "14/11/2023 22:13:20"]

    assert read(cells) == [(T - days * 86_400) * 10**9 for days in (9, 8, 0)]


def test_a_format_of_the_profile_is_used() -> None:
    assert read(["20h 14~11~2023"], format="%Hh %d~%m~%Y") == [1_699_992_000 * 10**9]


@pytest.mark.parametrize("cells", [["hello", "world"], ["", " "], ["3", "7", "12"], []])
def test_what_is_no_time_gives_no_clock(cells: list[str]) -> None:
    assert decide(cells, TimeRule(column="t")) is None


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        pytest.param(0, "", id="agree"),
        pytest.param(8, "column 'b' is 8 h ahead of 'a'; 'a' is used", id="ahead"),
        pytest.param(-5, "column 'b' is 5 h behind 'a'; 'a' is used", id="behind"),
        pytest.param(2400, "column 'b' differs from 'a' by 100 days; 'a' is used", id="days"),
    ],
)
def test_two_clocks_are_compared(hours: int, said: str) -> None:
    readable = decide(["2023-11-14T22:13:20Z"], TimeRule(column="a"))
    other = decide([str(T + hours * 3600 + 4)], TimeRule(column="b"))

    assert readable is not None
    assert other is not None
    assert shift_between(readable, other) == said
