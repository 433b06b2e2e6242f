"""The novelty detector: causal, silent on the usual, loud on the new."""

import itertools
import math
import pickle

import numpy as np
import pytest

from workbench.signals.series import ABNORMAL, PAGE, NoveltyDetector, samples_per_day, score_series

HOUR_S = 3600.0


def hourly(n: int) -> list[float]:
    return [HOUR_S * i for i in range(n)]


def daily(n: int, seed: int = 3) -> list[float]:
    noise = np.random.default_rng(seed).normal(0, 0.5, n)
    return [float(50 + 20 * math.sin(2 * math.pi * i / 24) + noise[i]) for i in range(n)]


def test_a_new_peak_pages_at_its_first_sample():
    values = daily(500)
    values[400] += 60

    scores = score_series(hourly(500), values)

    assert scores[400] >= PAGE
    assert [i for i, score in enumerate(scores) if score >= PAGE and i > 150] == [400]


def test_a_lasting_shift_stays_abnormal_but_pages_only_when_it_escalates():
    values = daily(600)
    shifted = [value + (80 if i >= 500 else 0) for i, value in enumerate(values)]

    scores = score_series(hourly(600), shifted)

    assert scores[500] >= PAGE
    assert all(score >= ABNORMAL for score in scores[500:512])
    assert sum(score >= PAGE for score in scores[500:530]) <= 2


def test_a_state_goes_on_through_a_sample_near_the_level_and_ends_soon_after():
    values = [50.0 + noise for noise in np.random.default_rng(7).normal(0, 1, 420)]
    values[380], values[400:420] = 52.4, [56.0, 56.0, 51.0, 56.0, 56.0] + [50.0] * 15

    abnormal = [score >= ABNORMAL for score in score_series(hourly(420), values)]

    assert not abnormal[380]
    assert abnormal[400:405] == [True] * 5
    assert not any(abnormal[408:])


def test_score_of_a_prefix_is_the_prefix_of_the_score():
    rng = np.random.default_rng(5)
    values: list[float | None] = [None if rng.random() < 0.1 else float(x) for x in rng.lognormal(0, 1, 900)]
    times = [60.0 * i for i in range(900)]

    whole = score_series(times, values)

    assert all(score_series(times[:cut], values[:cut]) == whole[:cut] for cut in (0, 1, 59, 60, 61, 62, 400, 899))


@pytest.mark.parametrize("block", [1, 61, 100, 257])
def test_blocks_of_any_size_give_the_same_scores(block: int):
    values = daily(700)
    detector, scores = NoveltyDetector(), []
    for begin in range(0, 700, block):
        scores += detector.follow(hourly(700)[begin : begin + block], values[begin : begin + block])

    assert scores == score_series(hourly(700), values)


def test_streaming_equals_batch():
    values, detector = daily(300), NoveltyDetector()

    streamed = [detector.update(time, value) for time, value in zip(hourly(300), values, strict=True)]

    assert streamed == score_series(np.array(hourly(300)), np.array(values))


def test_a_detector_survives_being_stored_in_the_middle():
    values = daily(400)
    values[350] = 200.0
    first = NoveltyDetector()
    head = [first.update(time, value) for time, value in zip(hourly(200), values[:200], strict=True)]

    second = pickle.loads(pickle.dumps(first))
    tail = [second.update(HOUR_S * (200 + i), value) for i, value in enumerate(values[200:])]

    assert head + tail == score_series(hourly(400), values)


@pytest.mark.parametrize("scale", [1e-6, 1e9])
def test_the_unit_of_the_metric_does_not_matter(scale: float):
    values = daily(400)
    values[300] += 60

    scaled = score_series(hourly(400), [scale * value for value in values])

    assert scaled == pytest.approx(score_series(hourly(400), values), abs=1e-6)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([5.0] * 400, id="constant"),
        pytest.param([None, math.nan, math.inf] * 100, id="nothing-valid"),
        pytest.param([1e308 * (-1) ** i for i in range(400)], id="huge"),
        pytest.param([1.0, 2.0, 3.0], id="three-rows"),
        pytest.param([], id="empty"),
    ],
)
def test_strange_series_give_finite_scores_and_no_page(values: list[float | None]):
    scores = score_series(hourly(len(values)), values)

    assert len(scores) == len(values)
    assert all(0 <= score < PAGE for score in scores)


def test_a_break_of_the_day_is_seen_though_its_values_are_usual_ones():
    values = daily(24 * 40)
    values[24 * 30 : 24 * 31] = [50.0 + (-1) ** i for i in range(24)]

    both = score_series(hourly(len(values)), values)

    assert max(both[24 * 30 : 24 * 31]) >= PAGE


def test_novelty_alone_gives_scores_of_its_own():
    values = daily(500)
    values[400] += 60

    scores = score_series(hourly(500), values, surprise=False)

    assert scores[400] >= PAGE
    assert scores != score_series(hourly(500), values)


def test_the_first_one_after_many_zeros_pages():
    scores = score_series(hourly(500), [0.0] * 400 + [1.0] * 100)

    assert next(i for i, score in enumerate(scores) if score >= PAGE) == 400


def test_memory_stays_bounded_and_old_patterns_are_still_known():
    detector = NoveltyDetector(samples_per_day=24)
    values = [float(i % 7) for i in range(5_000)]

    scores = [detector.update(HOUR_S * i, value) for i, value in enumerate(values)]

    assert max(scores[100:]) < PAGE
    assert len(pickle.dumps(detector)) < 1_000_000


def test_expected_is_the_usual_level():
    detector = NoveltyDetector(samples_per_day=24)
    for time, value in zip(hourly(300), itertools.cycle([9.0, 11.0]), strict=False):
        detector.update(time, value)

    assert detector.expected == pytest.approx(10.0, abs=0.1)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        pytest.param([300.0 * i for i in range(10)], 288.0, id="five-minutes"),
        pytest.param([0.0, 0.0, 0.0], 288.0, id="no-step"),
        pytest.param([0.0, 60.0, 120.0, 86_400.0], 1440.0, id="a-gap-is-ignored"),
        pytest.param([], 288.0, id="empty"),
    ],
)
def test_samples_per_day(times: list[float], expected: float):
    assert samples_per_day(times) == expected


def test_times_and_values_must_be_of_one_length():
    with pytest.raises(ValueError, match="shorter"):
        score_series([0.0, 1.0], [1.0])
