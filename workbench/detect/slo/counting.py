"""Counts good and bad of one period in the unit of an objective's budget: events, or slices of time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from workbench.detect.slo.events import Events
from workbench.detect.slo.model import Budgeting, Missing, Slo
from workbench.detect.slo.periods import Period
from workbench.signals.burn_rates import Spending

_NANOS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Count:
    """What one period holds, up to a moment."""

    good: float
    total: float
    """Events, or slices that are known (and, where the objective says so, unknown ones)."""
    allowed: float
    """How many may be bad."""
    unknown: int = 0
    """Slices without an event, from the first event ever to the moment."""
    slices: float = 0.0
    """Slices that the whole period has; 0 when events are counted."""

    @property
    def bad(self) -> float:
        """How many are bad."""
        return self.total - self.good

    @property
    def left(self) -> float:
        """How many more may be bad; below 0 when too many were."""
        return self.allowed - self.bad

    @property
    def compliance(self) -> float | None:
        """Share that is good, 0..1; None when nothing is known."""
        return self.good / self.total if self.total else None


def count(slo: Slo, events: Events, period: Period, at: int) -> Count:
    """Count a period as it stands at a moment (UTC nanoseconds, exclusive)."""
    low, high = np.searchsorted(events.time, [period.start, min(period.end, at)])
    if slo.budgeting is Budgeting.OCCURRENCES:
        good, total = float(events.good[low:high].sum()), float(events.total[low:high].sum())
        return Count(good, total, float(Fraction(total) * slo.budget_share))
    origin = period.start if slo.window.kind == "calendar" else 0
    slices = cut(slo, events, origin, period.start, min(period.end, at))
    known = ~np.isnan(slices.share)
    good = float(slices.worth(slo)[known].sum())
    unknown = int((~known).sum())
    whole = Fraction(period.end - period.start, slo.slice_s * _NANOS)
    if slo.missing is Missing.GOOD:
        good += unknown
    total = float(known.sum() + (0 if slo.missing is Missing.EXCLUDED else unknown))
    return Count(good, total, float(whole * slo.budget_share), unknown, float(whole))


@dataclass(frozen=True, slots=True)
class Slices:
    """Whole slices in the order of time."""

    start: npt.NDArray[np.int64]
    share: npt.NDArray[np.float64]
    """Share of good events, 0..1; NaN without events."""

    def worth(self, slo: Slo) -> npt.NDArray[np.float64]:
        """Return how good each slice is, 0..1; NaN where it is not known."""
        if slo.budgeting is Budgeting.RATIO_TIMESLICES:
            return self.share
        target = slo.slice_target if slo.slice_target is not None else 1.0
        return np.where(np.isnan(self.share), np.nan, (self.share >= target).astype(np.float64))


def cut(slo: Slo, events: Events, origin: int, start: int, end: int) -> Slices:
    """Return the whole slices between two moments, but none from before the first event.

    Args:
        slo: Says how long a slice is.
        events: What happened.
        origin: A moment at which some slice begins.
        start: First moment, UTC nanoseconds; a slice belongs here when it begins here.
        end: Last moment, exclusive; a slice that is not over yet does not count.
    """
    width = slo.slice_s * _NANOS
    empty = np.empty(0, dtype=np.int64)
    if not len(events.time):
        return Slices(empty, empty.astype(np.float64))
    first = max(-((origin - start) // width), (int(events.time[0]) - origin) // width)
    last = (end - origin) // width
    if last <= first:
        return Slices(empty, empty.astype(np.float64))
    starts = origin + np.arange(first, last, dtype=np.int64) * width
    bounds = np.searchsorted(events.time, np.append(starts, starts[-1] + width))
    good, total = (np.concatenate([[0.0], np.cumsum(part)])[bounds] for part in (events.good, events.total))
    all_of = np.diff(total)
    return Slices(starts, np.divide(np.diff(good), all_of, out=np.full(len(starts), np.nan), where=all_of > 0))


def spending(slo: Slo, events: Events, at: int) -> Spending:
    """Return what was spent over time, for burn rates: events, or slices dated to their end."""
    if slo.budgeting is Budgeting.OCCURRENCES:
        return Spending(events.time, events.bad, events.total)
    if not len(events.time):
        return Spending(events.time, events.bad, events.total)
    slices = cut(slo, events, 0, int(events.time[0]) - slo.slice_s * _NANOS, at)
    worth = slices.worth(slo)
    if slo.missing is not Missing.EXCLUDED:
        worth = np.where(np.isnan(worth), float(slo.missing is Missing.GOOD), worth)
    known = ~np.isnan(worth)
    ends = slices.start[known] + slo.slice_s * _NANOS - 1
    return Spending(ends, 1.0 - worth[known], np.ones(int(known.sum())))
