"""Tells when a budget will be gone if the trouble goes on as it is."""

from __future__ import annotations

from workbench.detect.slo.alerts import burn_rate
from workbench.detect.slo.counting import Count
from workbench.detect.slo.durations import spoken
from workbench.detect.slo.events import Events
from workbench.detect.slo.model import Budgeting, Slo
from workbench.facts.evidence import Frozen
from workbench.signals.burn_rates import Spending, alert_windows

_NANOS = 1_000_000_000


class Forecast(Frozen):
    """When the budget will be gone if the trouble goes on as it is."""

    exhausted_unix_nano: int | None = None
    """None when it will not be."""
    rate: float | None = None
    """Burn rate that the forecast goes by."""
    window: str = ""
    """Over which that rate was measured."""
    lasts: bool = False
    """Whether the budget outlives the period at this rate."""


def forecast(slo: Slo, events: Events, spent: Spending, counted: Count, at: int, end: int) -> Forecast:
    """Return what comes if things go on as in the long window of the slow page alert (6 h for 30 days).

    Slices: the budget is fixed, and each bad slice takes one. Events: the budget of a window that is not full yet
    grows with the traffic, so only what is bad beyond it counts; in a full one, each bad event takes one.
    """
    seconds = (slo.burn_windows or alert_windows(slo.period_s))[1].long_s
    rate = burn_rate(slo, spent, at, seconds)
    window = spoken(seconds)
    if rate is None or not counted.total or counted.left <= 0:
        return Forecast(rate=rate, window=window)
    share = float(slo.budget_share)
    covered = min(seconds, max(1.0, (at - int(events.time[0])) / _NANOS))
    if slo.budgeting is Budgeting.OCCURRENCES:
        _, traffic = spent.between(at - seconds * _NANOS, at)
        is_full = slo.window.kind == "rolling" and (at - int(events.time[0])) / _NANOS >= slo.period_s
        loss = (rate if is_full else rate - 1.0) * share * traffic / covered
    else:
        loss = rate * share / slo.slice_s
    # In a rolling window, what is spent comes back as it grows old: a rate up to 1 never ends the budget.
    if loss <= 0 or (slo.window.kind == "rolling" and rate <= 1.0):
        return Forecast(rate=rate, window=window, lasts=True)
    gone = at + round(min(counted.left / loss, 3.0e9) * _NANOS)
    if slo.window.kind == "calendar" and gone >= end:
        return Forecast(rate=rate, window=window, lasts=True)
    return Forecast(exhausted_unix_nano=gone, rate=rate, window=window)
