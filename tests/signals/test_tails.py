"""Tails of counts against sums over the whole law."""

import math

import pytest

from workbench.signals.tails import beta_binomial_upper, negative_binomial_tail


def beta_binomial(k: int, n: int, a: float, b: float) -> float:
    def log_beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    return math.comb(n, k) * math.exp(log_beta(k + a, n - k + b) - log_beta(a, b))


@pytest.mark.parametrize(("hits", "total", "a", "b"), [(0, 9, 1, 1), (3, 9, 1, 1), (9, 9, 0.5, 3), (30, 200, 4, 90)])
def test_beta_binomial_is_the_sum_of_its_points(hits: int, total: int, a: float, b: float):
    exact = sum(beta_binomial(k, total, a, b) for k in range(hits, total + 1))

    assert beta_binomial_upper(hits, total, a, b) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(("count", "mean"), [(0, 3.0), (2, 3.0), (3, 3.0), (12, 3.0), (40, 20.0)])
def test_poisson_tail_is_the_sum_of_its_points(count: int, mean: float):
    points = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(200)]
    exact = sum(points[: count + 1]) if count < mean else sum(points[count:])

    assert negative_binomial_tail(count, mean, mean) == pytest.approx(exact, rel=1e-9)


def test_overdispersion_makes_the_same_count_less_strange():
    tails = [negative_binomial_tail(60, 30.0, variance) for variance in (30.0, 60.0, 300.0)]

    assert tails == sorted(tails)
    assert tails[0] < 1e-5 < tails[-1]


def test_wide_laws_join_the_exact_ones_smoothly():
    exact = negative_binomial_tail(92_000, 90_000.0, 89_000.0)
    normal = negative_binomial_tail(92_000, 90_000.0, 90_100.0)

    assert math.log10(exact) == pytest.approx(math.log10(normal), abs=0.3)
