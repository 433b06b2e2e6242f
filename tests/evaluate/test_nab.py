"""NAB's rule: early is better than late, far false alarms cost more, and nothing earns nothing."""

from __future__ import annotations

import pytest

from workbench.evaluate.nab import PROFILES, LabelledSeries, best_threshold, nab_score

STANDARD, LOW_FALSE, LOW_MISSED = PROFILES
ROWS, WINDOW = 1000, (500, 599)


def with_alarms(*rows: int) -> list[LabelledSeries]:
    scores = [0.0] * ROWS
    for row in rows:
        scores[row] = 0.9
    return [LabelledSeries("made", scores, [WINDOW])]


def test_no_alarm_is_zero_and_the_first_row_of_the_window_is_perfect() -> None:
    assert nab_score(with_alarms(), STANDARD, 0.5) == pytest.approx(0.0)
    assert nab_score(with_alarms(500), STANDARD, 0.5) == pytest.approx(100.0)


def test_an_early_alarm_earns_more_than_a_late_one_and_a_second_one_nothing() -> None:
    early, late = (nab_score(with_alarms(row), STANDARD, 0.5) for row in (520, 590))
    assert early > late > 50
    assert nab_score(with_alarms(520, 590), STANDARD, 0.5) == pytest.approx(early)


def test_false_alarms_cost_the_more_the_farther_behind_the_window() -> None:
    near, far = (nab_score(with_alarms(500, row), STANDARD, 0.5) for row in (605, 950))
    assert 100 > near > far
    assert nab_score(with_alarms(500, 950), LOW_FALSE, 0.5) < far


def test_the_first_rows_are_on_probation() -> None:
    assert nab_score(with_alarms(100, 500), STANDARD, 0.5) == pytest.approx(100.0)
    assert nab_score(with_alarms(200, 500), STANDARD, 0.5) < 100


def test_the_sweep_finds_the_threshold_that_leaves_the_false_alarm_out() -> None:
    scores = [0.0] * ROWS
    scores[510], scores[900] = 0.9, 0.6
    series = [LabelledSeries("made", scores, [WINDOW])]
    best, threshold = best_threshold(series, STANDARD)
    assert threshold == pytest.approx(0.9)
    assert best == pytest.approx(nab_score(series, STANDARD, 0.9))
    assert best > nab_score(series, STANDARD, 0.5)


def test_a_missed_window_costs_twice_where_misses_weigh_twice() -> None:
    scores = [0.0] * ROWS
    scores[500] = 0.9
    series = [LabelledSeries("made", scores, [WINDOW, (800, 850)])]
    assert nab_score(series, LOW_MISSED, 0.5) == pytest.approx(50.0)
    assert best_threshold([LabelledSeries("none", [0.0] * 10, [])], STANDARD)[0] == pytest.approx(0.0)
