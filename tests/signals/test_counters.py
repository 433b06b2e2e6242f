"""Counters are told from gauges by their first rows, and become rates."""

import math
import random

import pytest

from workbench.signals.counters import is_counter, to_rate


def counter(rows: int, seed: int = 1, restart: int = 0) -> list[float]:
    rng, total, out = random.Random(seed), 0.0, []
    for row in range(rows):
        total = 0.0 if restart and row and row % restart == 0 else total + rng.randint(0, 20)
        out.append(total)
    return out


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(counter(200), True, id="grows"),
        pytest.param(counter(200, restart=25), True, id="starts-again-at-zero"),
        pytest.param([None, math.nan, *counter(200)], True, id="missing-values"),
        pytest.param([random.Random(2).gauss(50, 5) for _ in range(200)], False, id="noise"),
        pytest.param([50 + 20 * math.sin(i / 30) for i in range(200)], False, id="slow-swing"),
        pytest.param([5.0] * 200, False, id="constant"),
        pytest.param([-x for x in counter(200)], False, id="below-zero"),
        pytest.param(counter(19), False, id="too-short"),
        pytest.param([float(i % 24) for i in range(200)], True, id="sawtooth-is-a-counter-with-restarts"),
        pytest.param([float(i % 7) for i in range(200)], False, id="a-saw-restarts-too-often"),
        pytest.param([float(10 + i % 24) for i in range(200)], False, id="sawtooth-above-zero"),
        pytest.param([], False, id="empty"),
    ],
)
def test_counters_are_recognised(values: list[float | None], expected: bool):
    assert is_counter(values) is expected


def test_the_verdict_does_not_depend_on_what_comes_later():
    assert is_counter([*counter(61), -5.0, math.nan, 3.0]) is True


def test_the_row_of_a_restart_has_no_rate():
    assert to_rate([0, 10, 20, 30, 40], [100.0, 150.0, 20.0, 40.0, 39.0]) == [None, 5.0, None, 2.0, -0.1]


def test_missing_rows_and_repeated_times_are_bridged():
    assert to_rate([0, 10, 10, 20, 40], [0.0, None, 5.0, 10.0, 50.0]) == [None, None, 0.5, 0.5, 2.0]
    assert to_rate([0, 10, 10, 20], [0.0, 10.0, 12.0, 20.0]) == [None, 1.0, None, 1.0]
