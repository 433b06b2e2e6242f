"""Robust statistics and the likelihood step."""

import math

import numpy as np
import pytest

from workbench.signals import robust


def test_one_wild_value_moves_nothing():
    calm = [9.0, 10.0, 10.0, 11.0, 12.0]

    assert robust.median([*calm[:-1], 1e9]) == robust.median(calm) == 10.0
    assert robust.mad([*calm[:-1], 1e9]) == robust.mad(calm)


def test_values_that_are_not_finite_are_left_out():
    assert robust.median([1.0, math.nan, 3.0, math.inf]) == 2.0


def test_empty_input_gives_nan():
    measures = (robust.median, robust.mad, robust.upper_spread, robust.lower_spread, robust.second_largest)

    assert all(math.isnan(measure([])) for measure in measures)


def test_spreads_of_a_known_sample():
    values = np.arange(101.0)

    assert robust.upper_spread(values) == pytest.approx(45.0)
    assert robust.lower_spread(values) == pytest.approx(60.0)


@pytest.mark.parametrize(("values", "expected"), [([5.0], 5.0), ([1.0, 99.0, 7.0], 7.0), ([3.0, 3.0], 3.0)])
def test_second_largest(values: list[float], expected: float):
    assert robust.second_largest(values) == expected


def test_robust_z_needs_a_spread():
    assert robust.robust_z(9.0, [1.0, 1.0, 1.0]) == 0.0
    assert robust.robust_z(9.0, [1.0, 1.0, 1.0], floor=2.0) == 4.0


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param([0, 0, 0, 0, 1, 1, 1, 1], 4, id="clean-step"),
        pytest.param([0, 1, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1], 6, id="noisy-step"),
        pytest.param([1, 1, 1, 1], 0, id="hot-all-along"),
        pytest.param([1, 1, 1, 0, 0, 0], 0, id="a-fall-is-no-onset"),
        pytest.param([0, 0, 0], None, id="never-hot"),
        pytest.param([1], None, id="too-short"),
    ],
)
def test_likelihood_step(flags: list[int], expected: int | None):
    assert robust.likelihood_step([bool(flag) for flag in flags]) == expected
