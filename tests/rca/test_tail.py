import numpy as np
import pytest
from scipy.stats import betabinom

from workbench.rca.tail import FLOOR, upper_tail


@pytest.mark.parametrize(
    ("seen", "size", "base_seen", "base_size"), [(1, 5, 0, 20), (3, 3, 2, 40), (0, 7, 1, 9), (12, 60, 3, 300)]
)
def test_tail_is_that_of_the_beta_binomial(seen: int, size: int, base_seen: int, base_size: int) -> None:
    expected = betabinom.sf(seen - 1, size, base_seen + 0.2, base_size - base_seen + 1)

    got = upper_tail(*(np.array([float(x)]) for x in (seen, size, base_seen, base_size)))

    assert got[0] == pytest.approx(expected, rel=1e-6)


def test_equal_rows_get_equal_tails_and_none_is_below_the_floor() -> None:
    seen = np.array([50.0, 1.0, 50.0])
    got = upper_tail(seen, np.full(3, 50.0), np.zeros(3), np.full(3, 500.0))

    assert got[0] == got[2] == FLOOR
    assert got[1] > got[0]
