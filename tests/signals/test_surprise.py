"""The measures of surprise: ranks against the own past, forecasts, runs of misses, noise."""

import math
import random

import numpy as np
import pytest

from workbench.signals.forecast import Forecaster
from workbench.signals.patterns import PatternMemory
from workbench.signals.surprise import MissRuns, Noise, Surprise
from workbench.signals.tailrank import CAPACITY, TailRank


def test_rank_of_a_usual_value_is_its_tail_chance():
    rank = TailRank()
    rank.follow([float(k) for k in range(999)])

    assert rank.follow([498.5])[0] == pytest.approx(-math.log10(0.501), abs=1e-9)


def test_values_beyond_all_past_are_the_rarer_the_farther():
    evidence = []
    for factor in (1.0, 2.0, 8.0):
        rank, rng = TailRank(), random.Random(6)
        rank.follow([(1 - rng.random()) ** -0.25 for _ in range(5000)])
        evidence += rank.follow([10.0 * factor])

    assert 2.0 < evidence[0] < evidence[1] < evidence[2]
    assert evidence[2] - evidence[0] == pytest.approx(math.log10(8.0) / 0.25, rel=0.2)


def test_ranks_use_bounded_memory_and_keep_the_largest():
    rank = TailRank()
    rank.follow([1e6] + [float(k % 1000) for k in range(3 * CAPACITY)])

    known, new, usual = rank.follow([1e6, 1e9, 999.0])
    assert known < new
    assert usual < 4


@pytest.mark.parametrize("values", [[0.0] * 500, [5.0] * 500, [0.0, 1.0] * 300])
def test_ranks_of_ties_are_no_evidence(values: list[float]):
    rank = TailRank()

    assert max(rank.follow(values)) <= 1.0


def test_forecast_learns_the_day():
    forecaster = Forecaster(24)
    series = [math.sin(2 * math.pi * (i % 24) / 24) * 10 + (i % 24 == 7) * 30 for i in range(24 * 20)]

    misses = forecaster.follow(series, 0)

    assert max(misses.best[24 * 15 :]) < 1.0 < misses.best[7]
    assert max(map(abs, misses.by_day[24 * 15 :])) < 1.0 < min(misses.by_level[24 * 15 + 7 :: 24])


def test_a_run_of_misses_is_more_likely_trouble_than_one():
    single, run = MissRuns(0.001), MissRuns(0.001)
    rng = random.Random(2)
    usual = [-math.log10(1 - rng.random() * 0.999) for _ in range(1000)]
    single.follow(usual, 0)
    run.follow(usual, 0)

    assert single.follow([2.0], 1000)[0] < max(run.follow([2.0] * 10, 1000)) <= 10.0


def test_noise_that_grows_or_dies_is_strange():
    rng = random.Random(3)
    for factor in (0.0, 6.0):
        noise = Noise(12, 0.01)
        usual = noise.follow([rng.gauss(0, 1) for _ in range(600)], 0)
        after = noise.follow([factor * rng.gauss(0, 1) for _ in range(24)], 600)
        assert max(after) > 2 * sorted(usual[100:])[480]


def columns(vectors: list[tuple[float, ...]]) -> np.ndarray:
    return np.array(vectors, dtype=np.float32).T


@pytest.mark.parametrize("block", [1, 7, 300])
def test_pattern_memory_is_exact_while_it_is_not_full(block: int):
    memory, rng = PatternMemory(2, 3), random.Random(4)
    vectors = [(rng.random(), rng.random()) for _ in range(300)]

    found = []
    for begin in range(0, 300, block):
        part = vectors[begin : begin + block]
        found += memory.follow(columns(part), range(begin, begin + len(part)))

    for time, vector in enumerate(vectors):
        earlier = [abs(vector[0] - a) + abs(vector[1] - b) for a, b in vectors[: max(0, time - 2)]]
        assert found[time] == pytest.approx(min(earlier, default=0.0), abs=1e-6)


def test_pattern_memory_is_bounded_and_remembers_far_back():
    memory = PatternMemory(1, 1)
    memory.follow(columns([(float(time),) for time in range(20_000)]), range(20_000))

    known = memory.follow(columns([(float(value),) for value in range(0, 20_000, 997)]), [20_000] * 21)
    assert max(known) <= 32


def test_surprise_rises_when_the_series_breaks_with_its_past():
    rng = random.Random(5)
    surprise = Surprise(24.0, 24)
    usual = surprise.follow([rng.gauss(0, 1) for _ in range(800)], [1.0] * 800, 0).rarity
    broken = surprise.follow([rng.gauss(9, 1) for _ in range(5)], [9.0] * 5, 800).rarity

    assert max(broken) > 2 * max(usual[200:])


@pytest.mark.parametrize("block", [1, 5, 64, 1999])
def test_how_samples_are_cut_into_blocks_changes_no_number(block: int):
    rng = random.Random(7)
    values = [rng.lognormvariate(0, 1) for _ in range(2_000)]
    whole = Surprise(24.0, 24).follow(values, values, 0)

    parts = Surprise(24.0, 24)
    rarity, cycle = [], []
    for begin in range(0, 2_000, block):
        part = parts.follow(values[begin : begin + block], values[begin : begin + block], begin)
        rarity += part.rarity
        cycle += part.cycle

    assert (rarity, cycle) == whole
