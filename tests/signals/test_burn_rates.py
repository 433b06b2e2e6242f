"""Burn rates: the workbook's numbers, windows of any length, and a live watch that agrees with the look back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.signals.burn_rates import DAY_S, MONTHLY, BurnWindow, Spending, alert_windows, firing, onset
from workbench.signals.burn_watch import BurnWatch

S = 1_000_000_000
MINUTE = 60 * S


@pytest.mark.parametrize(
    ("days", "factors"),
    [(30, [14.4, 6, 3, 1]), (28, [13.44, 5.6, 2.8, 0.93]), (90, [43.2, 18, 9, 3]), (7, [13.44, 3.5, 1.4, 0.98]),
     (1, [14.4, 6, 3, 1])],
)  # fmt: skip
def test_factors_follow_from_the_period(days: int, factors: list[float]) -> None:
    found = [pair.factor(days * DAY_S) for pair in alert_windows(days * DAY_S)]

    assert found == pytest.approx(factors, abs=0.004)


def test_the_pairs_are_those_of_the_workbook() -> None:
    assert [(pair.severity, pair.speed, pair.long_s // 60, pair.short_s // 60) for pair in MONTHLY] == [
        ("page", "quick", 60, 5), ("page", "slow", 360, 30),
        ("ticket", "quick", 1440, 120), ("ticket", "slow", 4320, 360),
    ]  # fmt: skip


def test_windows_begin_inclusive_and_end_exclusive() -> None:
    spent = Spending(np.array([30, 10, 20]), np.array([1.0, 0.0, 1.0]), np.array([2.0, 2.0, 4.0]))

    assert [spent.between(*span) for span in ((10, 30), (11, 31), (0, 10), (40, 10))] == [
        (1, 6),
        (2, 6),
        (0, 0),
        (0, 0),
    ]
    shares = spent.bad_shares(np.array([21, 100]), 11)
    assert shares[0] == 1 / 6
    assert np.isnan(shares[1])


PAIR = BurnWindow("page", "quick", long_s=600, short_s=120, budget_percent=2)
COUNTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=5, max_size=60)


@given(counts=COUNTS)
def test_the_live_watch_fires_when_the_look_back_does(counts: list[tuple[int, int]]) -> None:
    budget, period = 0.05, 3600.0
    starts = [n * MINUTE for n, _ in enumerate(counts)]
    watch = BurnWatch([PAIR], budget, period)
    live = [
        end for start, (good, bad) in zip(starts, counts, strict=True)
        for end in [start + MINUTE] if watch.update(start, end, bad, good + bad)
    ]  # fmt: skip
    bad = np.array([float(bad) for _, bad in counts])
    spent = Spending(np.array(starts), bad, np.array([float(sum(pair)) for pair in counts]))
    ends = np.array(starts) + MINUTE

    with np.errstate(invalid="ignore"):
        fires = firing(spent, ends, PAIR, budget_share=budget, period_s=period) & (ends >= PAIR.short_s * S)

    begins = ends[fires & ~np.concatenate([[False], fires[:-1]])]
    assert set(begins) <= set(live) <= set(ends[fires])


def test_the_watch_forgets_what_no_window_needs() -> None:
    watch = BurnWatch([PAIR], 0.5, 3600.0)

    for minute in range(5000):
        watch.update(minute * MINUTE, (minute + 1) * MINUTE, 0, 1)

    assert len(watch._starts) < 2100
    assert watch.update(5000 * MINUTE, 5001 * MINUTE, 0, 1) == []


@pytest.mark.parametrize(
    ("bad", "began"),
    [
        pytest.param([0, 0, 1, 0, 0, 0, 0, 5, 6, 4], 7, id="a-rise-after-a-single-one"),
        pytest.param([0] * 9 + [3], 9, id="the-last"),
        pytest.param([5] * 10, 0, id="bad-from-the-start"),
        pytest.param([0, 0, 0, 0, 9, 0, 9, 9, 0, 9], 4, id="with-pauses"),
        pytest.param([0] * 10, None, id="nothing"),
    ],
)
def test_the_onset_is_where_the_bad_share_rises(bad: list[int], began: int | None) -> None:
    spent = Spending(np.arange(10) * S, np.array(bad, dtype=float), np.full(10, 10.0))

    assert onset(spent, 10 * S, 10 * S) == (None if began is None else began * S)


def test_the_onset_does_not_look_ahead() -> None:
    spent = Spending(np.arange(10) * S, np.array([0, 0, 0, 1, 1, 0, 0, 9, 9, 9.0]), np.full(10, 10.0))

    assert onset(spent, 5 * S, 10 * S) == 3 * S
