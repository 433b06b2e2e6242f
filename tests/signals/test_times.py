"""Time stamps of the common forms, alone and as columns."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from workbench.signals.timecolumns import NO_TIME, parse_times
from workbench.signals.times import days_from_civil, parse_time, time_reader


def nanos(*parts: int, fraction: int = 0) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 10**9 + fraction


MOMENT = nanos(2024, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-02T03:04:05Z", MOMENT),
        ("2024-01-02T03:04:05.123456789Z", MOMENT + 123_456_789),
        ("2024-01-02 03:04:05,120", MOMENT + 120_000_000),
        ("2024-01-02T05:04:05+02:00", MOMENT),
        ("2024-01-01 22:34:05 -0430", MOMENT),
        ("2024-01-01 22:04:05 EST", MOMENT),
        ("Tue Jan 02 04:04:05 CET 2024", MOMENT),
        ("2024-01-02 03:04", nanos(2024, 1, 2, 3, 4)),
        ("2024-01-02", nanos(2024, 1, 2)),
        ("2024/01/02 03:04:05", MOMENT),
        ("2024-01-02-03.04.05.000007", MOMENT + 7_000),
        ("20240102-3:04:05:006", MOMENT + 6_000_000),
        ("20240102030405", MOMENT),
        ("240102 030405", MOMENT),
        ("24/01/02 03:04:05", MOMENT),
        ("Jan  2 03:04:05", MOMENT),
        ("01-02 03:04:05.006", MOMENT + 6_000_000),
        ("I0102 03:04:05.000006", MOMENT + 6_000),
        ("[Tue Jan 02 03:04:05 2024]", MOMENT),
        ("Tue, 02 Jan 2024 03:04:05 GMT", MOMENT),
        ("[02/Jan/2024:04:04:05 +0100]", MOMENT),
        ("Jan 2, 2024 3:04:05 AM", MOMENT),
        ("1/2/2024 12:04:05 AM", nanos(2024, 1, 2, 0, 4, 5)),
        ("13/01/2024 03:04", nanos(2024, 1, 13, 3, 4)),
        ("02.01.2024 03:04:05", MOMENT),
        (str(MOMENT // 10**9), MOMENT),
        (f"{MOMENT // 10**9}.25", MOMENT + 250_000_000),
        (str(MOMENT // 10**6), MOMENT),
        (str(MOMENT // 10**3), MOMENT),
        (str(MOMENT), MOMENT),
    ],
)
def test_parse_time(text: str, expected: int):
    assert parse_time(text, year=2024) == expected
    assert time_reader(text, year=2024)(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "hello", "12:00:00", "12345", "10.0.0.1", "1.2.3", "2023-02-29 00:00:00", "2024-13-01", "2024-01-02 25:00:00"],
)
def test_what_is_no_time_is_none(text: str):
    assert parse_time(text) is None


def test_days_from_civil_agrees_with_the_calendar():
    start = datetime(1960, 1, 1, tzinfo=UTC)

    for days in range(0, 60_000, 97):
        moment = start + timedelta(days=days)
        assert (
            days_from_civil(moment.year, moment.month, moment.day) == (moment - datetime(1970, 1, 1, tzinfo=UTC)).days
        )


@pytest.mark.parametrize(
    "form",
    [
        pytest.param("%Y-%m-%dT%H:%M:%S.%fZ", id="iso"),
        pytest.param("%Y-%m-%d %H:%M:%S", id="no-fraction"),
        pytest.param("%d/%b/%Y:%H:%M:%S +0000", id="access-log"),
    ],
)
def test_a_column_equals_its_rows(form: str):
    start = datetime(2023, 12, 30, 22, 58, 1, 987, tzinfo=UTC)
    texts = [(start + timedelta(seconds=i * 7919)).strftime(form) for i in range(200)]

    assert parse_times(texts).tolist() == [parse_time(text) for text in texts]


@pytest.mark.parametrize("width", [10, 13, 16, 19])
def test_a_column_of_epochs(width: int):
    texts = [str(MOMENT + i * 10**9)[:width] for i in range(50)]

    assert parse_times(texts).tolist() == [parse_time(text) for text in texts]


def test_rows_that_are_no_time_are_marked_and_the_others_still_read():
    texts = ["2024-01-02T03:04:05Z"] * 40 + ["rubbish", "2024-13-02T03:04:05Z", ""]

    assert parse_times(texts).tolist() == [MOMENT] * 40 + [NO_TIME] * 3


def test_stamps_without_a_year_pass_new_year():
    texts = ["Dec 31 23:59:58", "Dec 31 23:59:59", "Jan  1 00:00:01", "Feb  1 00:00:00"]

    found = parse_times(texts, year=2023)

    assert (np.diff(found) > 0).all()
    assert found[-1] == nanos(2024, 2, 1)


def test_an_empty_column():
    assert parse_times([]).tolist() == []
