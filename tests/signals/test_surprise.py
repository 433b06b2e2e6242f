"""The measures of surprise: ranks against the own past, forecasts, runs of misses, noise."""

import math
import random

import pytest

from workbench.signals.forecast import Forecaster
from workbench.signals.patterns import PatternMemory
from workbench.signals.surprise import Misses, Noise, Surprise
from workbench.signals.tailrank import CAPACITY, TailRank


def test_rank_of_a_usual_value_is_its_tail_chance():
    rank = TailRank()
    for k in range(999):
        rank.push(float(k))

    assert rank.push(498.5) == pytest.approx(-math.log10(0.501), abs=1e-9)


def test_values_beyond_all_past_are_the_rarer_the_farther():
    evidence = []
    for factor in (1.0, 2.0, 8.0):
        rank, rng = TailRank(), random.Random(6)
        for _ in range(5000):
            rank.push((1 - rng.random()) ** -0.25)
        evidence.append(rank.push(10.0 * factor))

    assert 2.0 < evidence[0] < evidence[1] < evidence[2]
    assert evidence[2] - evidence[0] == pytest.approx(math.log10(8.0) / 0.25, rel=0.2)


def test_ranks_use_bounded_memory_and_keep_the_largest():
    rank = TailRank()
    rank.push(1e6)
    for k in range(3 * CAPACITY):
        rank.push(float(k % 1000))

    assert rank.push(1e6) < rank.push(1e9)
    assert rank.push(999.0) < 4


@pytest.mark.parametrize("values", [[0.0] * 500, [5.0] * 500, [0.0, 1.0] * 300])
def test_ranks_of_ties_are_no_evidence(values: list[float]):
    rank = TailRank()

    assert max(rank.push(value) for value in values) <= 1.0


def test_forecast_learns_the_day():
    forecaster = Forecaster(24)
    series = [math.sin(2 * math.pi * (i % 24) / 24) * 10 + (i % 24 == 7) * 30 for i in range(24 * 20)]

    misses = [forecaster.push(value, time) for time, value in enumerate(series)]

    assert max(misses[24 * 15 :]) < 1.0 < misses[7]


def test_a_run_of_misses_is_more_likely_trouble_than_one():
    single, run = Misses(0.001), Misses(0.001)
    rng = random.Random(2)
    for time in range(1000):
        miss = -math.log10(1 - rng.random() * 0.999)
        single.push(miss, time)
        run.push(miss, time)

    assert max(single.push(2.0, 1000), 0.0) < max(run.push(2.0, 1000 + k) for k in range(10)) <= 10.0


def test_noise_that_grows_or_dies_is_strange():
    rng = random.Random(3)
    for factor in (0.0, 6.0):
        noise = Noise(12, 0.01)
        usual = [noise.push(rng.gauss(0, 1), time) for time in range(600)]
        after = [noise.push(factor * rng.gauss(0, 1), 600 + k) for k in range(24)]
        assert max(after) > 2 * sorted(usual[100:])[480]


def test_pattern_memory_is_exact_while_it_is_not_full():
    memory, rng = PatternMemory(2, 3), random.Random(4)
    vectors = [(rng.random(), rng.random()) for _ in range(300)]

    for time, vector in enumerate(vectors):
        earlier = [abs(vector[0] - a) + abs(vector[1] - b) for a, b in vectors[: max(0, time - 2)]]
        assert memory.push(vector, time) == pytest.approx(min(earlier, default=0.0), abs=1e-6)


def test_pattern_memory_is_bounded_and_remembers_far_back():
    memory = PatternMemory(1, 1)
    for time in range(20_000):
        memory.push((float(time),), time)

    assert all(memory.push((float(value),), 20_000) <= 32 for value in range(0, 20_000, 997))


def test_surprise_rises_when_the_series_breaks_with_its_past():
    rng = random.Random(5)
    surprise = Surprise(24.0, 24)
    usual = [surprise.push(rng.gauss(0, 1), 1.0, time) for time in range(800)]
    broken = max(surprise.push(rng.gauss(9, 1), 9.0, 800 + k) for k in range(5))

    assert broken > 2 * max(usual[200:])
