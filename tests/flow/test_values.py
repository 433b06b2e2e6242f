"""What stands in files becomes the declared type, or it is said why not."""

from __future__ import annotations

from typing import Any

import pathway as pw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.flow.durations import NANOS, parse_duration
from workbench.flow.types import TYPES
from workbench.flow.values import EMPTY, convert

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("250ms", 250_000_000),
        ("1h30m", 5400 * SECOND),
        ("1.5 s", 1_500_000_000),
        ("2 d 1 ns", 2 * 86_400 * SECOND + 1),
        ("PT1H30M", 5400 * SECOND),
        ("P1DT0.5S", 86_400 * SECOND + 500_000_000),
        ("00:01:30.25", 90_250_000_000),
        ("-5s", -5 * SECOND),
    ],
)
def test_durations(text: str, nanos: int) -> None:
    assert parse_duration(text) == nanos


@pytest.mark.parametrize("text", ["", "5", "h", "1x", "1h x", "P", "PT", "1:2", "99999999w99999999w", "--5s"])
def test_what_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(0, 10**4), st.sampled_from(sorted(NANOS)))
def test_whole_numbers_of_a_unit_are_exact(number: int, unit: str) -> None:
    assert parse_duration(f"{number}{unit}") == number * NANOS[unit]


@given(st.text(max_size=20))
def test_any_text_is_a_duration_or_none(text: str) -> None:
    assert parse_duration(text) is None or isinstance(parse_duration(text), int)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("2026-03-10T09:30:00.000000001+01:00", "time", pw.DateTimeUtc("2026-03-10T08:30:00.000000001Z")),
        (1773135000, "time", pw.DateTimeUtc("2026-03-10T09:30:00Z")),
        ("1m", "duration", pw.Duration(60, unit="s")),
        (1.5, "duration", pw.Duration(1500, unit="ms")),
        ({"a": [1]}, "json", pw.Json({"a": [1]})),
        ('{"a": 1}', "json", pw.Json({"a": 1})),
        ("plain", "json", pw.Json("plain")),
        ("é", "bytes", b"\xc3\xa9"),
    ],
)
def test_convert(value: Any, kind: Any, expected: Any) -> None:
    assert convert(value, kind) == expected


@pytest.mark.parametrize(("value", "kind"), [("soon", "time"), (True, "time"), ("x", "duration"), (True, "duration")])
def test_what_does_not_fit_is_named(value: Any, kind: Any) -> None:
    with pytest.raises(ValueError, match=repr(value)):
        convert(value, kind)


def test_every_type_has_a_value_for_nothing() -> None:
    assert set(EMPTY) == set(TYPES)
