"""Buckets have widths that a person can read, and no more of them come than asked for."""

from __future__ import annotations

import pytest

from workbench.semconv import Table
from workbench.store.db import Store
from workbench.store.explore.where import Bounds, bounds, step_ns

S = 1_000_000_000


@pytest.mark.parametrize(
    ("seconds", "most", "expected_s"),
    [
        pytest.param(3600, 120, 60, id="hour"),
        pytest.param(86_400, 120, 900, id="day"),
        pytest.param(60, 120, 1, id="minute"),
        pytest.param(0.05, 120, 0.001, id="moment"),
    ],
)
def test_a_bucket_is_a_round_length(seconds: float, most: int, expected_s: float) -> None:
    assert step_ns(0, int(seconds * S), most) == int(expected_s * S)


@pytest.mark.parametrize("most", [1, 2, 3, 50, 4000])
@pytest.mark.parametrize("span", [1, 999, 7 * S + 1, 10**18])
@pytest.mark.parametrize("start", [0, 123_456_789_123_456_789])
def test_there_are_never_more_buckets_than_asked_for(start: int, span: int, most: int) -> None:
    step = step_ns(start, start + span, most)
    begin = start // step * step

    assert -(-(start + span - begin) // step) <= max(most, 2)


def test_an_empty_table_has_no_bounds(store: Store) -> None:
    assert bounds(store, Table.LOGS) is None


def test_bounds_are_just_around_the_rows(store: Store, lines: int) -> None:
    t0 = 1_760_000_000 * S

    assert bounds(store, Table.LOGS) == Bounds(start_unix_nano=t0, end_unix_nano=t0 + 9 * S + 1)
