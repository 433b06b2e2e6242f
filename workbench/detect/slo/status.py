"""How an objective stands: compliance, error budget, burn rates, alerts, history and forecast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from workbench.detect.slo.alerts import AlertState, alert_states, burn_rate
from workbench.detect.slo.counting import Count, count, spending
from workbench.detect.slo.durations import spoken
from workbench.detect.slo.events import Events
from workbench.detect.slo.forecast import Forecast, forecast
from workbench.detect.slo.model import Budgeting, Slo
from workbench.detect.slo.periods import local_date, monthly, period_at, periods_between
from workbench.detect.slo.words import how_computed
from workbench.facts.evidence import Frozen
from workbench.signals.burn_rates import Spending, alert_windows

_NANOS = 1_000_000_000
_MOST_PERIODS = 400

State = Literal["met", "burning", "exhausted", "no data", "not computed"]


class Budget(Frozen):
    """The error budget of one period."""

    unit: Literal["events", "minutes"]
    total: float
    spent: float
    left: float
    """Below 0 when more was spent than there was."""
    left_share: float | None
    """Share of the total that is left; None when the total is 0."""


class BurnRate(Frozen):
    """How fast the budget is spent: 1 spends all of it in exactly one period."""

    window: str
    window_s: int
    rate: float | None
    """None when the window holds nothing."""


class PeriodResult(Frozen):
    """What became of one period of the calendar."""

    label: str
    start_unix_nano: int
    end_unix_nano: int
    good: float
    total: float
    compliance: float | None
    """Percent; None when nothing is known."""
    met: bool | None
    """None when nothing is known."""
    left_share: float | None
    complete: bool
    """Whether it was over, and the data began before it."""


class Status(Frozen):
    """How one objective stands at one moment."""

    slo: Slo
    state: State
    reason: str = ""
    """Why it was not computed."""
    at_unix_nano: int | None = None
    start_unix_nano: int | None = None
    end_unix_nano: int | None = None
    first_unix_nano: int | None = None
    """Time of the first event that is known."""
    good: float = 0.0
    total: float = 0.0
    unknown: int = 0
    """Slices without an event."""
    compliance: float | None = None
    """Percent."""
    budget: Budget | None = None
    burn_rates: list[BurnRate] = []
    alerts: list[AlertState] = []
    forecast: Forecast = Forecast()
    history: list[PeriodResult] = []
    """Periods of the calendar, the earliest first; months in UTC for a rolling window."""
    how: list[str] = []
    """How the budget was computed, in words with every number."""

    def page_rate(self, place: int) -> str:
        """Return the burn rate over the long window of the quick (0) or slow (1) page alert; a dash when not known.

        The window is named where it is not the usual one of 1 h or 6 h.
        """
        window_s = (self.slo.burn_windows or alert_windows(self.slo.period_s))[place].long_s
        found = next((one for one in self.burn_rates if one.window_s == window_s and one.rate is not None), None)
        if found is None:
            return "-"
        return f"{found.rate:.3g}" + ("" if window_s == (3600, 6 * 3600)[place] else f" ({found.window})")


def assess(slo: Slo, events: Events, at: int) -> Status:
    """Compute how an objective stands.

    Args:
        slo: The objective.
        events: All of its events that are known.
        at: The moment, UTC nanoseconds, exclusive; what came later is not looked at.
    """
    before = int(np.searchsorted(events.time, at))
    events = Events(events.time[:before], events.good[:before], events.total[:before])
    period = period_at(slo.window, at - 1 if slo.window.kind == "calendar" else at)
    base = Status(slo=slo, state="no data", at_unix_nano=at, start_unix_nano=period.start, end_unix_nano=period.end)
    if not len(events.time):
        return base.model_copy(update={"reason": "no event of it is in the telemetry"})
    counted = count(slo, events, period, at)
    spent = spending(slo, events, at)
    alerts = alert_states(slo, events, at)
    budget = budget_of(slo, counted)
    state: State = "no data" if counted.compliance is None else "met"
    if counted.total and (budget.left < 0 or (slo.objective == 100 and counted.bad)):
        state = "exhausted"
    elif any(one.firing for one in alerts):
        state = "burning"
    status = base.model_copy(
        update={
            "state": state,
            "reason": "" if counted.total else "no event of it lies in this period",
            "first_unix_nano": int(events.time[0]),
            "good": counted.good,
            "total": counted.total,
            "unknown": counted.unknown,
            "compliance": _percent(counted),
            "budget": budget,
            "burn_rates": _rates(slo, spent, at),
            "alerts": alerts,
            "forecast": forecast(slo, events, spent, counted, at, period.end),
            "history": history(slo, events, at),
        }
    )
    return status.model_copy(update={"how": how_computed(status)})


def budget_of(slo: Slo, counted: Count) -> Budget:
    """Return the budget of what was counted, in events or in minutes of slices."""
    size = 1.0 if slo.budgeting is Budgeting.OCCURRENCES else slo.slice_s / 60
    return Budget(
        unit="events" if slo.budgeting is Budgeting.OCCURRENCES else "minutes",
        total=counted.allowed * size,
        spent=counted.bad * size,
        left=counted.left * size,
        left_share=counted.left / counted.allowed if counted.allowed else None,
    )


def history(slo: Slo, events: Events, at: int) -> list[PeriodResult]:
    """Return what became of each period of the calendar from the first event to the moment, the latest 400 of them."""
    if not len(events.time):
        return []
    by = monthly(slo.window)
    # Slices of a period begin with it, also where the objective itself looks back from any moment.
    calendar = slo.model_copy(update={"window": by})
    found = []
    for period in periods_between(by, int(events.time[0]), at - 1)[-_MOST_PERIODS:]:
        counted = count(calendar, events, period, at)
        known = counted.compliance is not None
        found.append(
            PeriodResult(
                label=_label(by.unit, by.count, local_date(by, period.start).strftime),
                start_unix_nano=period.start,
                end_unix_nano=period.end,
                good=counted.good,
                total=counted.total,
                compliance=_percent(counted),
                met=counted.left >= 0 if known else None,
                left_share=counted.left / counted.allowed if known and counted.allowed else None,
                complete=period.end <= at and period.start >= int(events.time[0]) - slo.slice_s * _NANOS,
            )
        )
    return found


def _label(unit: str, number: int, strftime: Callable[[str], str]) -> str:
    forms = {"Y": "%Y", "h": "%Y-%m-%d %H:%M", "M": "%Y-%m"}
    form = forms.get(unit, "%Y-%m-%d") if number == 1 else "%Y-%m-%d"
    return strftime(form)


def _percent(counted: Count) -> float | None:
    return 100 * counted.good / counted.total if counted.total else None


def _rates(slo: Slo, spent: Spending, at: int) -> list[BurnRate]:
    pairs = slo.burn_windows or alert_windows(slo.period_s)
    windows = sorted({seconds for pair in pairs for seconds in (pair.short_s, pair.long_s)})
    return [
        BurnRate(window=spoken(seconds), window_s=seconds, rate=burn_rate(slo, spent, at, seconds))
        for seconds in windows
    ]
