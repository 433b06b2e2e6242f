"""Ranks, intervals and calibration are what their definitions say."""

from __future__ import annotations

import pytest

from workbench.evaluate.statistics import (
    average_at_5,
    brier,
    calibration_error,
    hits,
    interval,
    reliability,
    wilson,
    worst_rank,
)


def test_a_tie_is_the_worst_rank_of_the_tie() -> None:
    assert worst_rank({"a": 0.9, "b": 0.5, "c": 0.5}, "b") == 3
    assert worst_rank({"a": 0.9, "b": 0.5, "c": 0.4}, "b") == 2
    assert worst_rank({"a": 0.9}, "b") is None


def test_a_missed_cause_is_never_left_out_of_a_mean() -> None:
    assert hits([1, 3, None], 1) == [1.0, 0.0, 0.0]
    assert average_at_5([1, None]) == pytest.approx(0.5)
    assert average_at_5([3]) == pytest.approx(0.6)


def test_intervals_hold_the_share_and_stay_in_bounds() -> None:
    low, high = wilson(19, 20)
    assert 0.75 < low < 0.95 < high <= 1
    assert wilson(0, 0) == (0.0, 1.0)
    assert interval([1.0] * 9) == (1.0, 1.0)
    low, high = interval([1.0, 0.0] * 20)
    assert 0.3 < low < 0.5 < high < 0.7


def test_an_honest_forecaster_has_no_calibration_error() -> None:
    honest = [(0.75, right) for right in (True, True, True, False)]
    bins = reliability(honest)
    assert [(one.low, one.cases, one.right) for one in bins] == [(0.7, 4, 0.75)]
    assert calibration_error(bins) == pytest.approx(0.0)
    assert brier(honest) == pytest.approx(0.1875)


def test_a_boaster_is_found_out() -> None:
    bins = reliability([(1.0, False), (0.95, True)])
    assert calibration_error(bins) == pytest.approx(0.475)
    assert brier([]) is None
    assert calibration_error([]) is None
