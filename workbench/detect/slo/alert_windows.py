"""Reads sloth's AlertWindows: which pairs of windows watch the objectives of one period."""

from __future__ import annotations

from typing import Any

from workbench.detect.slo.durations import prometheus_s
from workbench.detect.slo.places import Place


def read_alert_windows(document: Place) -> tuple[int, list[dict[str, Any]]] | None:
    """Return period and pairs of windows of an AlertWindows document; None when it has faults."""
    spec = document.get("spec")
    before = len(document.faults.found)
    period = _duration(spec.get("sloPeriod"), "say for which period they are, such as 30d")
    pairs = []
    for severity in ("page", "ticket"):
        for speed in ("quick", "slow"):
            place = spec.get(severity).get(speed)
            place.only("errorBudgetPercent", "shortWindow", "longWindow")
            percent = place.get("errorBudgetPercent")
            share = percent.number(needed="say how much of the budget it may spend, such as 2")
            if share is not None and not 0 < share <= 100:
                percent.fault("a percentage above 0 and at most 100 is wanted")
            long_s = _duration(place.get("longWindow"), "write the long window, such as 1h")
            short_s = _duration(place.get("shortWindow"), "write the short window, such as 5m")
            if long_s and short_s and short_s >= long_s:
                place.get("shortWindow").fault("it has to be shorter than longWindow")
            pairs.append(
                {"severity": severity, "speed": speed, "long_s": long_s, "short_s": short_s, "budget_percent": share}
            )
    return (period, pairs) if period and len(document.faults.found) == before else None


def _duration(place: Place, needed: str) -> int | None:
    text = place.text(needed=needed)
    seconds = prometheus_s(text) if text else None
    if text and seconds is None:
        place.fault("it is no duration; write such as 5m, 6h or 3d")
    return seconds
