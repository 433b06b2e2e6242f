"""Nearest earlier vectors: exact, excluded while too young, thinned when full."""

import numpy as np

from workbench.signals.nearest import Nearest


def test_search_equals_brute_force_and_never_exceeds_the_bound():
    rng = np.random.default_rng(1)
    vectors = [tuple(float(x) for x in row) for row in rng.normal(0, 1, (300, 3))]
    nearest = Nearest(3, exclude=5)

    for time, vector in enumerate(vectors):
        bound, exact = nearest.bound(vector, time), nearest.search(vector)
        earlier = [float(np.mean(np.abs(np.subtract(vector, old)))) for old in vectors[: max(0, time - 4)]]
        np.testing.assert_allclose(exact, min(earlier, default=0.0), atol=1e-12)
        assert bound >= exact - 1e-12
        nearest.keep(vector, time)


def test_a_full_memory_is_thinned_evenly():
    nearest = Nearest(1, exclude=1, capacity=8)
    for time in range(100):
        nearest.keep((float(time),), time)

    nearest.bound((0.0,), 100)
    gaps = []
    for probe in range(100):
        nearest.bound((float(probe),), 100)
        gaps.append(nearest.search((float(probe),)))

    assert max(gaps) <= 16
