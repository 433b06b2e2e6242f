"""Short rows of numbers are summed up as numpy does it, only faster."""

import numpy as np
import pytest

from workbench.rca.columns import find_pairs
from workbench.rca.series import Group, Healthy, Series, Source
from workbench.rca.visits import middle_of, quantile_of


@pytest.mark.parametrize("size", [1, 2, 3, 10, 57])
@pytest.mark.parametrize("share", [0.05, 0.1, 0.5, 0.9, 0.95])
def test_medians_and_quantiles_are_those_of_numpy_to_the_last_bit(size: int, share: float) -> None:
    dice = np.random.default_rng(size)
    for values in (dice.lognormal(0, 3, size), dice.integers(-3, 3, size).astype(float)):
        assert (middle_of(values), quantile_of(values, share)) == (np.median(values), np.quantile(values, share))


def test_levels_of_long_rows_are_the_largest_median_of_ten_rows_in_sequence() -> None:
    values = np.random.default_rng(5).lognormal(0, 1, 40)
    medians = [np.median(values[start : start + 10]) for start in range(31)]

    assert Healthy.of(values).level == max(medians)


def test_an_instance_with_a_new_name_has_the_level_of_its_service_towards_the_same_peer() -> None:
    group = Group()
    for instance, service, peer, level in (
        ("a", "cart", "", 1.0),
        ("b", "cart", "", 3.0),
        ("a", "cart", "mail", 9.0),
        ("c", "shop", "", 20.0),
    ):
        group[Source(service, instance, peer)] = Series(np.arange(4), np.full(4, level))

    levels = [group.healthy(Source(*one)).median for one in (("cart", "new"), ("cart", "b"), ("cart", "x", "mail"))]

    assert levels == [2.0, 3.0, 9.0]
    assert group.healthy(Source("mail")).rows == 0


@pytest.mark.parametrize("unique", [True, False])
def test_spans_are_found_by_trace_and_id_whether_ids_are_unique_or_not(unique: bool) -> None:
    dice = np.random.default_rng(4)
    trace = dice.integers(0, 5, 40).astype(str).astype(object)
    own = (np.arange(40) if unique else dice.integers(0, 20, 40)).astype(str).astype(object)
    wanted_trace, wanted = dice.integers(0, 6, 90).astype(str).astype(object), dice.integers(0, 50, 90).astype(str)

    found = find_pairs(trace, own, wanted_trace, wanted.astype(object))

    first = {pair: at for at, pair in reversed(list(enumerate(zip(trace, own, strict=True))))}
    assert found.tolist() == [first.get(pair, -1) for pair in zip(wanted_trace, wanted, strict=True)]
    assert 0 < (found >= 0).sum() < 90
