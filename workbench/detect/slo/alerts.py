"""Tells when an objective's alerts fire: the four pairs of windows of the workbook, and those it names itself."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.detect.slo.counting import spending
from workbench.detect.slo.durations import spoken
from workbench.detect.slo.events import Events
from workbench.detect.slo.model import Alert, Slo
from workbench.facts.evidence import Frozen
from workbench.signals.burn_rates import BurnWindow, Spending, firing

STEP_S = 60
"""Alerts are looked at once a minute, on the minute, as Prometheus does by default."""
_NANOS = 1_000_000_000
_MOST_STEPS = 600_000
_OPS = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}


class AlertState(Frozen):
    """How one alert stands."""

    name: str
    severity: str
    limit: float
    """Burn rate from which on it fires."""
    windows: list[str]
    """The windows that have to burn, the longest first."""
    burn_rates: list[float | None]
    """Of those windows; None where nothing is known."""
    firing: bool
    judged: bool = True
    """False while the data is younger than the shortest window: then nothing can be said."""
    begins: list[int] = []
    """When it began to fire, UTC nanoseconds, each time."""
    ends: list[int] = []
    """When it ceased, each time but perhaps the last."""


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    severity: str
    limit: float
    windows_s: tuple[int, ...]
    after_s: int
    source: BurnWindow | Alert


def alert_states(slo: Slo, events: Events, at: int) -> list[AlertState]:
    """Return how each alert stands at a moment (UTC nanoseconds, exclusive), and when it fired before.

    An alert is judged from the moment on at which the data is as old as its shortest window, so that the first bad
    event of a new data set pages nobody.
    """
    spent = spending(slo, events, at)
    return [_state(rule, slo, spent, at) for rule in _rules(slo)]


def burn_rate(slo: Slo, spent: Spending, at: int, seconds: int) -> float | None:
    """Return how fast the budget is spent over the seconds before a moment; None when nothing is known."""
    bad, total = spent.between(at - _window(slo, seconds) * _NANOS, at)
    return bad / total / float(slo.budget_share) if total else None


def _rules(slo: Slo) -> list[_Rule]:
    pairs = [
        _Rule(
            f"{pair.severity} {pair.speed}", pair.severity, pair.factor(slo.period_s), (pair.long_s, pair.short_s), 0,
            pair,
        )
        for pair in slo.pairs()
    ]  # fmt: skip
    own = [_Rule(one.name, one.severity, one.burn_rate, (one.lookback_s,), one.after_s, one) for one in slo.alerts]
    return pairs + own


def _window(slo: Slo, seconds: int) -> int:
    """A window shorter than a slice would often hold no slice at all."""
    return seconds if slo.budgeting.value == "occurrences" else max(seconds, slo.slice_s)


def _state(rule: _Rule, slo: Slo, spent: Spending, at: int) -> AlertState:
    shortest = _window(slo, min(rule.windows_s))
    ends = _steps(spent, at, shortest)
    holds = _holds(rule, slo, spent, ends)
    rises, falls = _edges(holds)
    return AlertState(
        name=rule.name,
        severity=rule.severity,
        limit=rule.limit,
        windows=[spoken(seconds) for seconds in rule.windows_s],
        burn_rates=[burn_rate(slo, spent, at, seconds) for seconds in rule.windows_s],
        firing=bool(len(holds) and holds[-1]),
        judged=bool(len(ends)),
        begins=[int(ends[place]) for place in rises],
        ends=[int(ends[place]) for place in falls],
    )


def _steps(spent: Spending, at: int, shortest_s: int) -> npt.NDArray[np.int64]:
    """Return the minutes to look at, and the moment itself."""
    if not len(spent.times):
        return np.empty(0, dtype=np.int64)
    step = STEP_S * _NANOS
    ready = int(spent.times[0]) + shortest_s * _NANOS
    if ready > at:
        return np.empty(0, dtype=np.int64)
    first = max(-(-ready // step), at // step - _MOST_STEPS)
    minutes = np.arange(first, at // step + 1, dtype=np.int64) * step
    return minutes if len(minutes) and minutes[-1] == at else np.append(minutes, np.int64(at))


def _holds(rule: _Rule, slo: Slo, spent: Spending, ends: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    if isinstance(rule.source, BurnWindow):
        pair = rule.source
        wide = BurnWindow(
            pair.severity, pair.speed, _window(slo, pair.long_s), _window(slo, pair.short_s), pair.budget_percent
        )
        # The factor is that of the pair as it is meant, whatever the slices make of its windows.
        meant = pair.factor(slo.period_s) / wide.factor(slo.period_s)
        share = float(slo.budget_share) * meant
        return firing(spent, ends, wide, budget_share=share, period_s=slo.period_s)
    rates = spent.bad_shares(ends, _window(slo, rule.windows_s[0]) * _NANOS) / float(slo.budget_share)
    with np.errstate(invalid="ignore"):
        beyond = np.asarray(_OPS[rule.source.op](rates, rule.limit), dtype=bool)
    return _lasting(beyond, ends, rule.after_s)


def _lasting(beyond: npt.NDArray[np.bool_], ends: npt.NDArray[np.int64], after_s: int) -> npt.NDArray[np.bool_]:
    """Tell where a condition has held for so many seconds without a pause."""
    if not after_s or not len(ends):
        return beyond
    # The place at which the present run began: behind the last one at which the condition did not hold.
    began = np.maximum.accumulate(np.where(beyond, 0, np.arange(len(ends)) + 1))
    lasting: npt.NDArray[np.bool_] = beyond & (ends - ends[np.minimum(began, len(ends) - 1)] >= after_s * _NANOS)
    return lasting


def _edges(holds: npt.NDArray[np.bool_]) -> tuple[Sequence[int], Sequence[int]]:
    padded = np.concatenate([[False], holds])
    change = np.flatnonzero(padded[1:] != padded[:-1])
    return [int(place) for place in change if holds[place]], [int(place) for place in change if not holds[place]]
