"""Burn rates of an error budget: how fast it is spent, and which pairs of windows make a page or a ticket.

Method: Google, The Site Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts". A burn rate of 1 spends
the whole budget in exactly one period of the objective. An alert fires while both its long and its short window burn
faster than its factor: the long one makes it certain, the short one ends it soon after the trouble does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

HOUR_S = 3600
DAY_S = 24 * HOUR_S

Severity = Literal["page", "ticket"]
Times = npt.NDArray[np.int64]
Amounts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BurnWindow:
    """One pair of windows: it fires when both spend the budget faster than `factor(period)`."""

    severity: Severity
    speed: Literal["quick", "slow"]
    long_s: int
    short_s: int
    budget_percent: float
    """Share of the whole budget, in percent, that is gone when the long window burns at exactly the factor."""

    def factor(self, period_s: float) -> float:
        """Return the burn rate from which on it fires, for an objective over so many seconds."""
        # In this order of operations, so that 30 days give 14.4 and not 14.399999999999999.
        hours = self.budget_percent * (period_s / HOUR_S) / 100
        return hours / (self.long_s / HOUR_S)


def _four(long_s: Sequence[int], short_s: Sequence[int], percent: Sequence[float]) -> tuple[BurnWindow, ...]:
    kinds: tuple[tuple[Severity, Literal["quick", "slow"]], ...] = (
        ("page", "quick"),
        ("page", "slow"),
        ("ticket", "quick"),
        ("ticket", "slow"),
    )
    return tuple(
        BurnWindow(severity, speed, long, short, share)
        for (severity, speed), long, short, share in zip(kinds, long_s, short_s, percent, strict=True)
    )


_LONG = (HOUR_S, 6 * HOUR_S, DAY_S, 3 * DAY_S)
_SHORT = (300, 1800, 2 * HOUR_S, 6 * HOUR_S)
MONTHLY = _four(_LONG, _SHORT, (2, 5, 10, 10))
"""The workbook's recommendation, made for about 30 days: factors 14.4, 6, 3 and 1."""
WEEKLY = _four(_LONG, _SHORT, (8, 12.5, 20, 42))
"""For a week the same windows would leave the budget spent before anybody wakes, so each may take a larger share."""
_LEAST_MONTHLY_S, _LEAST_WEEKLY_S = 14 * DAY_S, 7 * DAY_S
_MONTH_S = 30 * DAY_S
_LEAST_SHORT_S = 10


def alert_windows(period_s: float) -> tuple[BurnWindow, ...]:
    """Return the four pairs of windows for an objective over so many seconds.

    From two weeks on the windows are those of the workbook and the factors grow with the period; from one week on they
    spend the shares of `WEEKLY`; below that, the windows themselves shrink with the period and the factors stay.
    """
    if period_s >= _LEAST_MONTHLY_S:
        return MONTHLY
    if period_s >= _LEAST_WEEKLY_S:
        return WEEKLY
    shrink = period_s / _MONTH_S
    return tuple(
        BurnWindow(
            one.severity,
            one.speed,
            max(round(one.long_s * shrink), 2 * _LEAST_SHORT_S),
            max(round(one.short_s * shrink), _LEAST_SHORT_S),
            one.budget_percent,
        )
        for one in MONTHLY
    )


class Spending:
    """Good and bad amounts over time, summed up so that any window is answered at once."""

    def __init__(self, times: Times, bad: Amounts, total: Amounts) -> None:
        """Take the time (UTC nanoseconds) and the amounts of each event, in any order."""
        order = np.argsort(times, kind="stable")
        self.times = times[order]
        self._bad = np.concatenate([[0.0], np.cumsum(bad[order], dtype=np.float64)])
        self._total = np.concatenate([[0.0], np.cumsum(total[order], dtype=np.float64)])

    def between(self, start: int, end: int) -> tuple[float, float]:
        """Return the bad and the total amount from `start` (inclusive) to `end` (exclusive), UTC nanoseconds."""
        low, high = np.searchsorted(self.times, [start, max(start, end)])
        return float(self._bad[high] - self._bad[low]), float(self._total[high] - self._total[low])

    def amounts(self, low: int, high: int) -> tuple[Amounts, Amounts]:
        """Return the bad and the total amount of each event from one place to another, in the order of time."""
        return np.diff(self._bad[low : high + 1]), np.diff(self._total[low : high + 1])

    def bad_shares(self, ends: Times, window_ns: int) -> Amounts:
        """Return the bad share of the window before each end (exclusive); NaN where the window holds nothing."""
        high = np.searchsorted(self.times, ends)
        low = np.searchsorted(self.times, ends - window_ns)
        total = self._total[high] - self._total[low]
        bad = self._bad[high] - self._bad[low]
        shares: Amounts = np.divide(bad, total, out=np.full(len(ends), np.nan), where=total > 0)
        return shares


def onset(spending: Spending, end: int, window_ns: int) -> int | None:
    """Return when the bad share of a window most likely rose: the first bad event behind the best cut.

    The cut is that of the greatest binomial likelihood among all that have a larger bad share behind them than before
    them (a change point of two shares). None when the window holds nothing bad. Only what is before `end` is looked at.
    """
    low, high = np.searchsorted(spending.times, [end - window_ns, end])
    bad, total = spending.amounts(int(low), int(high))
    if not bad.sum() > 0:
        return None
    bad_before, all_before = np.cumsum(bad) - bad, np.cumsum(total) - total
    bad_after, all_after = bad.sum() - bad_before, total.sum() - all_before
    fit = _log_likelihood(bad_before, all_before) + _log_likelihood(bad_after, all_after)
    # Without anything before it there is nothing to rise from: the first place stands for no rise at all.
    rises = bad_after * all_before > bad_before * all_after
    rises[0] = True
    place = int(np.argmax(np.where(rises, fit, -np.inf)))
    first_bad = place + int(np.argmax(bad[place:] > 0))
    return int(spending.times[int(low) + first_bad])


def _log_likelihood(bad: Amounts, total: Amounts) -> Amounts:
    good = np.maximum(total - bad, 0.0)
    some = np.maximum(total, 1e-300)
    found: Amounts = _times_log(bad, bad / some) + _times_log(good, good / some)
    return found


def _times_log(amount: Amounts, share: Amounts) -> Amounts:
    found: Amounts = np.where(amount > 0, amount * np.log(np.maximum(share, 1e-300)), 0.0)
    return found


def firing(
    spending: Spending, ends: Times, window: BurnWindow, *, budget_share: float, period_s: float
) -> npt.NDArray[np.bool_]:
    """Tell at which ends both windows of a pair burn faster than its factor.

    Args:
        spending: What was spent.
        ends: Times to look at, UTC nanoseconds.
        window: The pair.
        budget_share: Share of events that may be bad, 0..1; with 0 any bad event fires.
        period_s: Length of the objective's period.
    """
    limit = window.factor(period_s) * budget_share
    shares = [spending.bad_shares(ends, seconds * 1_000_000_000) for seconds in (window.long_s, window.short_s)]
    both: npt.NDArray[np.bool_] = (shares[0] > limit) & (shares[1] > limit)
    return both
