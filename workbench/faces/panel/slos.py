"""The page of objectives: how each stands, what is left of its budget, month by month, and how that was computed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from workbench.detect.slo.durations import UNITS
from workbench.detect.slo.words import amount, percent, window_words
from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import html, render, show, stack
from workbench.faces.panel.router import Router

SAMPLE = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: front-availability}
spec:
  service: gateway
  indicator: {spec: {ratioMetric: {
    bad: {metricSource: {type: causeway, spec: {table: spans, service_name: gateway, status_code: ERROR}}},
    total: {metricSource: {type: causeway, spec: {table: spans, service_name: gateway}}}}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.995}]
"""
"""A whole objective in few lines, for a page that has none; a test reads it."""
_MOST_BARS = 13
_WORDS = {"met": "good", "burning": "warn", "exhausted": "bad"}
_ORDER = ("exhausted", "burning", "no data", "not computed", "met")
_BAR, _GAP, _HEIGHT = 38, 18, 96
_FULL = 2.0
"""Bars end at twice the budget."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One period in the drawing of the history."""

    x: float
    y: float
    height: float
    label: str
    value: str
    word: str
    title: str


class SlosView:
    """Shows `slos` as they stand now; a page without any brings those of the sample at a press."""

    watches = ("slos", "telemetry")

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb = wb
        self._text = html("")
        self._sample = Job(
            wb, "Bring the objectives of the simulated shop", "slo_import", lambda: {"sample": True},
            lambda _: self._show(wb.call("slos")), variant="contained", color="primary",
        )  # fmt: skip
        self._bring = stack(self._sample.button, self._sample.status)
        self.view = stack(self._text, self._bring)
        self._show(wb.call("slos"))

    async def refresh(self) -> None:
        """Judge the objectives anew: rows came, or somebody changed one."""
        self._show(await asyncio.to_thread(self._wb.call, "slos"))

    def _show(self, found: Any) -> None:
        worst_first = sorted(found.objectives, key=lambda one: (_ORDER.index(one.state), one.slo.key))
        text = render(
            "slos.html.j2",
            found=found,
            rows=[_row(one) for one in worst_first],
            sample=SAMPLE,
            count={state: sum(one.state == state for one in found.objectives) for state in _ORDER},
            firing=sum(any(alert.firing for alert in one.alerts) for one in found.objectives),
            full=_HEIGHT,
        )
        # What is drawn anew is folded again, so it is not when nothing is other.
        if text != self._text.object:
            self._text.object = text
        show(self._bring, not found.objectives)


def _row(one: Any) -> dict[str, Any]:
    left = one.budget.left_share if one.budget else None
    bars = [_bar(place, period) for place, period in enumerate(one.history[-_MOST_BARS:])]
    return {
        "status": one,
        "word": _WORDS.get(one.state, ""),
        "target": percent(one.slo.objective, 6),
        "window": window_words(one.slo).removeprefix("the "),
        "compliance": "–" if one.compliance is None else percent(one.compliance, 3),
        "left": left,
        "left_text": "–" if left is None else f"{percent(100 * left, 1)}",
        "left_amount": _amount_left(one.budget) if one.budget else "",
        "alerts": [
            (
                alert,
                " and ".join(alert.windows),
                " and ".join(_rate(rate) for rate in alert.burn_rates),
                "fires" if alert.firing else "quiet" if alert.judged else "too young",
            )
            for alert in one.alerts
        ],
        "bars": bars,
        "width": max(len(bars) * (_BAR + _GAP) + _GAP + 70, 220),
        "earlier": max(0, len(one.history) - _MOST_BARS),
        "by": _cut_by(one.slo.window),
    }


def _cut_by(window: Any) -> str:
    if window.kind == "rolling":
        return "month"
    return UNITS[window.unit] if window.count == 1 else "period"


def _amount_left(budget: Any) -> str:
    return f"{amount(budget.left)} of {amount(budget.total)} {budget.unit}"


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.3g}"


def _bar(place: int, period: Any) -> Bar:
    spent = None if period.left_share is None else 1.0 - period.left_share
    height = 0.0 if spent is None else min(spent, _FULL) / _FULL * _HEIGHT
    text = "no data" if period.compliance is None else percent(period.compliance, 3)
    known = "" if period.complete else ", known in part"
    value = "–" if spent is None else f"{100 * spent:.0f}%"
    return Bar(
        x=_GAP + place * (_BAR + _GAP),
        y=24 + _HEIGHT - height,
        height=max(height, 1.5),
        label=period.label,
        value=value,
        word={True: "good", False: "bad", None: ""}[period.met],
        title=f"{period.label}: {text} good, {value} of the budget spent{known}",
    )
