"""Finds the series that left their healthy range around the onset, and when each of them did."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.metric_table import make_metrics
from workbench.rca.series import indicator_series
from workbench.report.content import Chart
from workbench.report.explain.content import Strip
from workbench.report.window import Window
from workbench.report.words import quantity
from workbench.semconv import NANOS_PER_SECOND

MOST_STRIPS = 14
MOST_OF_A_SERVICE = 3
LEAST_CHANGE = 4.0
"""Spreads of the healthy time that a value has to be outside."""
LEAST_HEALTHY = 4
MARGIN_S = 60.0
"""What moves earlier than this before the onset moved for a reason of its own."""
_FLOOR = 0.05
"""A spread is at least this share of the level, so that a flat series does not jump at a crumb."""
COUNT_SPREADS = 0.5
"""Nor does a count by one: chance makes it vary by its root (Poisson)."""
_LABELS = {
    "error_rate": ("failed requests", "%", 100.0),
    "latency_p95_ms": ("latency, 95th percentile", "ms", 1.0),
    "requests": ("requests", "/s", 0.0),
    "error_lines": ("error lines", "/min", 0.0),
}


@dataclass(frozen=True, slots=True)
class _Candidate:
    service: str
    label: str
    unit: str
    times: np.ndarray
    values: np.ndarray
    counted: bool = False
    """Whether each value is a whole number of things."""


def find_strips(telemetry: Telemetry, window: Window, services: Collection[str], cause: str) -> list[Strip]:
    """Return the series of these services that moved, in the order in which they did.

    The healthy range is the median and the spread (1.4826 times the median absolute deviation, or the 95 % quantile
    less the median where that is larger) of what was measured before the onset. A series has moved when two values in
    sequence lie outside; it moved at the first of them.
    """
    if window.onset is None:
        return []
    moved = [
        strip
        for one in _candidates(telemetry, window, services)
        if (strip := _moved(one, window.onset, window.bucket_s, cause)) is not None
    ]
    kept: list[Strip] = []
    counts: dict[str, int] = {}
    for strip in sorted(moved, key=lambda one: (not one.cause, -abs(one.change), one.service_name, one.label)):
        if counts.get(strip.service_name, 0) < MOST_OF_A_SERVICE and len(kept) < MOST_STRIPS:
            counts[strip.service_name] = counts.get(strip.service_name, 0) + 1
            kept.append(strip)
    return sorted(kept, key=lambda one: (one.moved_unix_nano, not one.cause, one.service_name, one.label))


def chart_of(strip: Strip, bucket_s: float) -> Chart:
    """Return a strip as a chart of one line."""
    from workbench.report.content import Line

    line = Line(name=strip.service_name, values=strip.values, cause=strip.cause)
    return Chart(
        key=f"{strip.service_name}:{strip.label}", title=f"{strip.service_name}: {strip.label}", unit=strip.unit,
        bucket_s=bucket_s, times_unix_nano=strip.times_unix_nano, lines=[line],
    )  # fmt: skip


def said(strip: Strip) -> str:
    """Return what a strip shows, in words."""
    verb = "rose" if strip.change > 0 else "fell"
    return f"{strip.label} {verb} from {quantity(strip.healthy, strip.unit)} to {quantity(strip.peak, strip.unit)}"


def _candidates(telemetry: Telemetry, window: Window, services: Collection[str]) -> Iterator[_Candidate]:
    width = window.bucket_s
    frame = indicator_series(telemetry, width)
    for service, own in frame.groupby("service_name", sort=True) if len(frame) else ():
        if service not in services:
            continue
        own = own.sort_values("time_unix_nano")
        for column, (label, unit, factor) in _LABELS.items():
            if column in own and own[column].notna().any():
                scale = factor or (1 / width if unit == "/s" else 60 / width)
                values = own[column].to_numpy(dtype=float, na_value=np.nan) * scale
                yield _Candidate(str(service), label, unit, own["time_unix_nano"].to_numpy(dtype=np.int64), values)
    yield from _metrics(telemetry, width, services)


def _metrics(telemetry: Telemetry, width_s: float, services: Collection[str]) -> Iterator[_Candidate]:
    rows = telemetry.metrics[telemetry.metrics["service_name"].isin(list(services))]
    width = int(width_s * NANOS_PER_SECOND)
    for metric, sources in make_metrics(rows).items():
        for source, series in sources.items():
            where = f" at {source.instance}" if source.instance and source.instance != source.service else ""
            where += f" to {source.peer}" if source.peer else ""
            bucketed = pd.Series(series.value).groupby(series.time // width * width).mean()
            unit = _plural(metric.unit)
            times = bucketed.index.to_numpy(dtype=np.int64)
            values = bucketed.to_numpy(dtype=float)
            counted = bool(np.array_equal(series.value, np.round(series.value)))
            yield _Candidate(source.service, f"{metric.label}{where}", unit, times, values, counted)


def _plural(unit: str) -> str:
    """Return a unit as people write it behind a number: `{connection}` is a word for what is counted."""
    if unit.startswith("{") and unit.endswith("}"):
        return f"{unit[1:-1]}s"
    return {"1": "", "By": "bytes"}.get(unit, unit)


def _moved(one: _Candidate, onset: int, width_s: float, cause: str) -> Strip | None:
    finite = np.isfinite(one.values)
    guard = int(width_s * NANOS_PER_SECOND)
    healthy = one.values[finite & (one.times < onset - guard)]
    if len(healthy) < LEAST_HEALTHY:
        return None
    level = float(np.median(healthy))
    spread = max(
        1.4826 * float(np.median(np.abs(healthy - level))),
        float(np.quantile(np.abs(healthy - level), 0.95)),
        _FLOOR * abs(level),
        COUNT_SPREADS * max(level, 1.0) ** 0.5 if one.counted else 0.0,
        1e-9,
    )
    outside = np.where(finite, (one.values - level) / spread, 0.0)
    late = one.times >= onset - int(MARGIN_S * NANOS_PER_SECOND)
    run = (np.abs(outside) >= LEAST_CHANGE) & late
    # One value outside is chance; the second must lie on the same side.
    pair = run[:-1] & run[1:] & (np.sign(outside[:-1]) == np.sign(outside[1:]))
    if not pair.any():
        return None
    start = int(np.argmax(pair))
    side = np.sign(outside[start])
    worst = int(np.argmax(np.where(late, outside * side, -np.inf)))
    return Strip(
        service_name=one.service, label=one.label, unit=one.unit, times_unix_nano=[int(time) for time in one.times],
        values=[float(f"{value:.4g}") if np.isfinite(value) else None for value in one.values],
        moved_unix_nano=int(one.times[start]), change=round(float(outside[worst]), 1), healthy=level,
        peak=float(one.values[worst]), cause=one.service == cause,
    )  # fmt: skip


def first_by_service(strips: Collection[Strip]) -> Mapping[str, int]:
    """Return when each service moved first."""
    found: dict[str, int] = {}
    for strip in strips:
        found[strip.service_name] = min(found.get(strip.service_name, strip.moved_unix_nano), strip.moved_unix_nano)
    return found
