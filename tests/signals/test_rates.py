"""Error share and rate change: loud on real changes, quiet on noise, steady during an outage."""

import math

import numpy as np
import pytest

from workbench.signals.rates import ErrorRateDetector, RateChangeDetector, Score, score_of_tail


def test_error_share_that_jumps_pages_and_a_falling_one_does_not():
    detector = ErrorRateDetector()
    usual = [detector.update(2, 100).score for _ in range(40)]

    assert max(usual) < 0.5
    assert detector.update(30, 100).score >= 0.75
    assert detector.update(0, 100).score == 0.0


def test_few_requests_cannot_page_where_many_do():
    few, many = ErrorRateDetector(), ErrorRateDetector()
    for _ in range(30):
        few.update(0, 4)
        many.update(0, 400)

    assert few.update(1, 4).score < 0.5
    assert many.update(100, 400).score >= 0.75


def test_shares_below_the_floor_are_harmless():
    detector = ErrorRateDetector(floor=0.05)
    for _ in range(50):
        detector.update(0, 1000)

    assert detector.update(40, 1000).score == 0.0


def test_an_outage_stays_abnormal_for_a_while():
    detector = ErrorRateDetector()
    for _ in range(60):
        detector.update(1, 200)

    assert all(detector.update(60, 200).score >= 0.5 for _ in range(20))


@pytest.mark.parametrize(("errors", "requests"), [(0, 0), (math.nan, 10), (-1, 10), (1, math.inf)])
def test_impossible_counts_score_nothing_and_teach_nothing(errors: float, requests: float):
    detector = ErrorRateDetector()
    detector.update(5, 100)

    assert detector.update(errors, requests) == Score(0.0, 0.05, 0.0)
    assert detector.expected == 0.05


def test_more_errors_than_requests_count_as_all():
    assert ErrorRateDetector().update(30, 20).value == 1.0


def test_rate_change_sees_silence_and_flood_alike():
    counts = np.random.default_rng(2).poisson(50, 200)
    silent, flooded = RateChangeDetector(), RateChangeDetector()
    for count in counts:
        silent.update(float(count))
        flooded.update(float(count))

    assert silent.update(0).score >= 0.75
    assert flooded.update(150).score >= 0.75


@pytest.mark.parametrize("spread", [0.0, 0.4], ids=["poisson", "overdispersed"])
def test_false_alarms_of_usual_streams_are_rare(spread: float):
    rng = np.random.default_rng(4)
    detector = RateChangeDetector()

    scores = [detector.update(float(rng.poisson(40 * rng.lognormal(0, spread)))).score for _ in range(4000)]

    assert sum(score >= 0.5 for score in scores) <= 20
    assert sum(score >= 0.75 for score in scores) <= 2


def test_a_burst_hardly_moves_its_own_baseline():
    detector = RateChangeDetector()
    for _ in range(100):
        detector.update(100)
    detector.update(100_000)

    assert detector.expected < 102


def test_first_buckets_and_impossible_counts_score_nothing():
    detector = RateChangeDetector()

    assert [detector.update(count).score for count in (1, 900, 3, math.nan, -1, 7, 0)] == [0.0] * 7


def test_score_of_tail_has_its_marks_and_is_monotone():
    assert [score_of_tail(p) for p in (1.0, 1e-3, 1e-6)] == pytest.approx([0.0, 0.5, 0.75])
    assert score_of_tail(0.0) < 1.0
    scores = [score_of_tail(10.0**-k) for k in range(50)]
    assert scores == sorted(scores)
