"""Gaps: a rhythm that stops; and nothing where there was no rhythm."""

import math

import pytest

from workbench.signals.gaps import Gap, gaps


def test_rows_that_stay_away_are_a_gap():
    times = [60.0 * i for i in range(30)] + [60.0 * i for i in range(40, 60)]

    assert gaps(times) == [Gap(row=30, began_s=1800.0, ended_s=2400.0, missing=10)]


def test_a_series_that_ends_early_is_silent_to_the_end():
    assert gaps([60.0 * i for i in range(30)], end_s=6000.0) == [
        Gap(row=30, began_s=1800.0, ended_s=6000.0, missing=71)
    ]
    assert gaps([60.0 * i for i in range(30)], end_s=1800.0) == []


def test_one_late_row_is_no_gap():
    assert gaps([60.0 * i for i in range(30) if i != 20]) == []


def test_a_new_rhythm_is_a_gap_only_until_it_is_usual():
    times = [60.0 * i for i in range(60)] + [3600.0 + 600.0 * i for i in range(100)]

    found = gaps(times)

    assert found[0].row == 61
    assert len(found) < 50
    assert found[-1].row < 120


@pytest.mark.parametrize(
    "times",
    [
        pytest.param([], id="empty"),
        pytest.param([0.0, 1.0, 5_000.0], id="no-rhythm-yet"),
        pytest.param([float(2**i) for i in range(40)], id="never-regular"),
        pytest.param([7.0] * 50, id="time-stands-still"),
        pytest.param([math.nan] * 20 + [60.0 * i for i in range(20)], id="not-a-time"),
    ],
)
def test_no_rhythm_no_gap(times: list[float]):
    assert gaps(times) == []


def test_gaps_of_a_prefix_are_the_first_gaps():
    times = [60.0 * i for i in range(300) if i % 50 < 40]

    whole = gaps(times)

    assert len(whole) == 5
    for cut in range(0, len(times), 7):
        assert gaps(times[:cut]) == [gap for gap in whole if gap.row < cut]
