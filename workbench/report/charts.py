"""Draws up the charts of a report: failed requests, latency, traffic, error lines, and the metric that stands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.facts.diagnosis import Diagnosis
from workbench.facts.evidence import Evidence, Selection
from workbench.facts.telemetry import Telemetry
from workbench.rca.metric_table import make_metrics
from workbench.rca.series import indicator_series
from workbench.report.content import Chart, Line
from workbench.report.window import Window
from workbench.semconv import NANOS_PER_SECOND, Table

MOST_LINES = 4
MOST_METRICS = 2


@dataclass(frozen=True, slots=True)
class _Indicator:
    column: str
    title: str
    unit: str
    factor: float


_INDICATORS = (
    _Indicator("error_rate", "Failed requests", "%", 100.0),
    _Indicator("latency_p95_ms", "Latency, 95th percentile", "ms", 1.0),
    _Indicator("requests", "Requests", "/s", 1.0),
    _Indicator("error_lines", "Error log lines", "/min", 1.0),
)


def make_charts(telemetry: Telemetry, diagnosis: Diagnosis, window: Window) -> list[Chart]:
    """Return the charts of a window, each with the lines that changed most; charts that are all zero are left out."""
    bucket_s = window.bucket_s
    frame = indicator_series(telemetry, bucket_s)
    first = diagnosis.causes[0] if diagnosis.causes else None
    wanted = list(first.path or [first.service_name]) if first else []
    charts = []
    for indicator in _INDICATORS:
        if len(frame) and indicator.column in frame.columns and frame[indicator.column].notna().any():
            charts += _indicator_chart(frame, indicator, wanted, window)
    evidence = [one for cause in diagnosis.causes[:3] for one in cause.evidence if one.supports]
    # Data without requests and logs has its metrics only.
    most = MOST_METRICS if charts else 2 * MOST_METRICS
    return _metric_charts(telemetry, evidence, window, wanted[0] if wanted else "", most) + charts


def _indicator_chart(frame: pd.DataFrame, what: _Indicator, wanted: Sequence[str], window: Window) -> list[Chart]:
    table = frame.pivot_table(index="time_unix_nano", columns="service_name", values=what.column, aggfunc="first")
    bucket_s = window.bucket_s
    factor = {"/s": 1 / bucket_s, "/min": 60 / bucket_s}.get(what.unit, what.factor)
    table = table.sort_index() * factor
    if not (table.to_numpy(dtype=float, na_value=0.0) > 0).any():
        return []
    chosen = choose_lines(table, wanted, window.onset)
    times = [int(time) for time in table.index]
    lines = [Line(name=name, values=_plain(table[name]), cause=bool(wanted) and name == wanted[0]) for name in chosen]
    return [
        Chart(key=what.column, title=what.title, unit=what.unit, bucket_s=bucket_s, times_unix_nano=times, lines=lines)
    ]


def choose_lines(table: pd.DataFrame, wanted: Sequence[str], onset: int | None) -> list[str]:
    """Return at most `MOST_LINES` columns: the first cause, then those that changed most; the wanted break ties.

    Args:
        table: One column per service, indexed by time in nanoseconds.
        wanted: Services on the failing path, the cause first.
        onset: When the trouble began; without it the largest are taken.
    """
    after = table[table.index >= onset] if onset is not None else table
    before = table[table.index < onset] if onset is not None else table.iloc[:0]
    change = after.mean() - before.mean().fillna(0.0) if len(before) else after.mean()
    place = {name: number for number, name in enumerate(wanted)}
    order = sorted(
        (str(name) for name in table.columns),
        key=lambda name: (
            name != (wanted[0] if wanted else ""),
            -round(float(np.nan_to_num(abs(change[name]))), 6),
            place.get(name, len(place)),
            name,
        ),
    )
    return order[:MOST_LINES]


def _metric_charts(
    telemetry: Telemetry, evidence: Sequence[Evidence], window: Window, cause: str, most: int
) -> list[Chart]:
    charts: list[Chart] = []
    for one in evidence:
        selection = one.selection
        if selection is None or selection.table is not Table.METRICS or len(charts) == most:
            continue
        name = selection.equals.get("metric_name", "")
        title = f"{name} {selection.equals.get('statistic', '')}".strip()
        if not name or any(chart.key == f"metric:{title}" for chart in charts):
            continue
        charts += _metric_chart(telemetry, selection, title, one, window, cause)
    return charts


def _metric_chart(
    telemetry: Telemetry, selection: Selection, title: str, evidence: Evidence, window: Window, cause: str
) -> list[Chart]:
    rows = telemetry.metrics
    for column in ("metric_name", "statistic", "service_name", "peer_service_name"):
        if column in selection.equals:
            rows = rows[rows[column].astype(object) == selection.equals[column]]
    width = int(window.bucket_s * NANOS_PER_SECOND)
    found = [
        pd.DataFrame({"time": one.time // width * width, "name": source.instance or source.service, "value": one.value})
        for sources in make_metrics(rows).values()
        for source, one in sources.items()
        if len(one.time)
    ]
    if not found:
        return []
    table = pd.concat(found).groupby(["time", "name"])["value"].max().unstack()
    special = selection.equals.get("service_instance_id") or evidence.service_name
    lines = [
        Line(name=name, values=_plain(table[name]), cause=name == special and evidence.service_name == cause)
        for name in choose_lines(table, [special], window.onset)
    ]
    return [
        Chart(
            key=f"metric:{title}",
            title=f"{title} of {evidence.service_name}",
            unit={"1": "", "By": "bytes"}.get(evidence.unit, evidence.unit.strip("{}")),
            bucket_s=window.bucket_s,
            times_unix_nano=[int(time) for time in table.index],
            lines=lines,
        )
    ]


def _plain(values: pd.Series[float]) -> list[float | None]:
    # Four digits are more than a chart can show and keep the report small.
    return [float(f"{value:.4g}") if np.isfinite(value) else None for value in values.to_numpy(dtype=float)]
