"""Many series share the budget of one, and still page when many break together."""

import random

import pytest

from workbench.signals.fleet import FALL, RATE, Page, shared

DAY_S, STEP_S = 86_400.0, 300.0


def noise(series: int, days: int, seed: int) -> list[Page]:
    """Pages of quiet series: RATE per row, whose evidence has the tail exponent FALL."""
    rng = random.Random(seed)
    rows = int(days * DAY_S / STEP_S)
    expected = series * rows * RATE
    return [
        Page(rng.uniform(0, days * DAY_S), rng.randrange(series), (1 - rng.random()) ** (-1 / FALL), 288.0)
        for _ in range(int(expected))
    ]


def test_false_pages_grow_far_slower_than_the_series():
    kept = {count: len(shared(noise(count, 14, seed=count), count)) for count in (10, 100, 1000)}

    assert kept[1000] < 3 * kept[10]
    assert kept[1000] < 0.02 * len(noise(1000, 14, seed=1000))


def test_one_series_alone_keeps_every_page():
    pages = noise(1, 200, seed=3)

    assert shared(pages, 1) == sorted(pages, key=lambda one: one.time_s)


def test_an_outage_of_many_series_pages_though_each_alone_would_not():
    outage = [Page(1000.0 + number, number, 2.0, 288.0) for number in range(300)]

    assert shared(outage[:1], 1000) == []
    assert len(shared(outage, 1000)) > 100


def test_a_lone_giant_still_pages():
    giant = Page(5.0, 0, 20.0, 288.0)

    assert shared([giant], 1000) == [giant]


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_later_pages_change_no_earlier_decision(cut: int):
    pages = sorted(noise(50, 20, seed=9), key=lambda one: (one.time_s, one.series))

    assert shared(pages[:cut], 50) == [page for page in shared(pages, 50) if page in pages[:cut]]
