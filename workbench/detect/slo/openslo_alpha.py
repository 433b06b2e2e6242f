"""What OpenSLO v1alpha writes in another way than v1: the time window, and good and total inside the objective."""

from __future__ import annotations

from typing import Any

from workbench.detect.slo.durations import SECONDS
from workbench.detect.slo.model import Expression, Ratio
from workbench.detect.slo.places import Place


def alpha_window(place: Place) -> dict[str, Any] | None:
    """Return the rolling window of `timeWindows`; None when it has faults."""
    parts = place.items()
    if len(parts) != 1:
        place.fault("exactly one time window is wanted, such as count: 30 and unit: Day", shown=False)
        return None
    units = {"Minute": "m", "Hour": "h", "Day": "d", "Week": "w", "Month": "M", "Quarter": "Q", "Year": "Y"}
    count = parts[0].get("count").number(needed="say how many units, such as count: 30")
    unit = parts[0].get("unit").choice(tuple(units), needed=f"write one of {', '.join(units)}")
    if count is None or not unit:
        return None
    if count < 1 or count != int(count):
        parts[0].get("count").fault("a whole number from 1 on is wanted")
        return None
    letter = units[unit]
    return {"kind": "rolling", "text": f"{int(count)}{letter}", "seconds": int(count) * SECONDS[letter]}


def alpha_ratio(place: Place) -> Ratio | None:
    """Return the indicator of `ratioMetrics`; None when it has faults."""
    if not place.there():
        place.fault("it is missing; v1alpha wants ratioMetrics with good and total", shown=False)
        return None
    texts = {name: place.get(name).get("query").text(needed="write the query") for name in ("good", "total")}
    if not all(texts.values()):
        return None
    made = {name: Expression(text=text, source_type="Prometheus", spec={"query": text}) for name, text in texts.items()}
    return Ratio(good=made["good"], total=made["total"])
