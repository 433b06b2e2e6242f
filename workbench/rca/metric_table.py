"""Reads metrics as series: by what is measured, and where."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.columns import texts
from workbench.rca.remaining import as_used
from workbench.rca.series import Group, Metric, MetricTable, Series, Source
from workbench.semconv import NANOS_PER_SECOND, metric_role

COUNTER = ("_total", ".total")
"""Endings of counters, which only grow; their rate is what tells something."""
_KEYS = ["metric_name", "statistic", "service_name", "service_instance_id", "peer_service_name"]
_STATE = re.compile(r"(^|[._])(state|mode)$")


def read_metrics(telemetry: Telemetry, cache: ReferenceCache) -> MetricTable:
    """Return all series of the telemetry's metrics, as what is used where they tell what is left; kept in `cache`."""
    return cache.get("metrics", [telemetry], lambda: as_used(make_metrics(telemetry.metrics)))


def make_metrics(metrics: pd.DataFrame) -> MetricTable:
    """Return the series by metric and source. Counters become rates per second; values that are not finite are left
    out.
    """
    table: MetricTable = {}
    finite = metrics[np.isfinite(metrics["value"].to_numpy(dtype=float))]
    if not len(finite):
        return table
    finite = finite.assign(part=parts_of(finite))
    keys = [*_KEYS, "part"]
    ordered = finite.sort_values([*keys, "time_unix_nano", "value"], kind="stable")
    time, value = ordered["time_unix_nano"].to_numpy(dtype=np.int64), ordered["value"].to_numpy(dtype=float)
    columns = [texts(ordered, key) for key in keys]
    units = texts(ordered, "unit")
    changed = np.zeros(len(ordered), dtype=np.bool_)
    changed[0] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    starts = np.flatnonzero(changed)
    metric_of: dict[tuple[str, str, str], Metric] = {}
    # A row that was read twice is one row: the second largest of a test must not be the largest again.
    fresh = changed.copy()
    fresh[1:] |= (time[1:] != time[:-1]) | (value[1:] != value[:-1])
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(ordered)], strict=True):
        name, statistic, service, instance, peer, part = (str(column[start]) for column in columns)
        state = state_of(part)
        if (key := (name, statistic, state)) not in metric_of:
            metric_of[key] = Metric(name, statistic, metric_role(f"{name} {state}"), str(units[start]), state)
        once = fresh[start:end]
        series = Series(time[start:end][once], value[start:end][once])
        if name.lower().endswith(COUNTER):
            series = _rate(series)
        table.setdefault(metric_of[key], Group())[Source(service, instance, peer, part)] = series
    return table


def parts_of(metrics: pd.DataFrame) -> np.ndarray:
    """Return the attributes of each row where they tell series apart, '' elsewhere.

    They do where one metric of one source has several rows of one time: processors, disks, topics. Elsewhere they may
    be anything, and change from row to row.
    """
    nothing = np.full(len(metrics), "", dtype=object)
    if "attributes" not in metrics.columns:
        return nothing
    attributes = texts(metrics, "attributes")
    if not (said := (attributes != "{}") & (attributes != "")).any():
        return nothing
    some = metrics[said][[*_KEYS, "time_unix_nano"]].assign(part=attributes[said])
    many = some.groupby([*_KEYS, "time_unix_nano"], observed=True, sort=False)["part"].nunique() > 1
    names = set(many.index.get_level_values("metric_name")[many.to_numpy()])
    return np.where(metrics["metric_name"].isin(names).to_numpy(), attributes, nothing)


def state_of(part: str) -> str:
    """Return what a label `state` or `mode` says among the attributes; '' for none."""
    if not part or part == "{}":
        return ""
    try:
        known = json.loads(part)
    except ValueError:
        return ""
    found = (str(said) for label, said in known.items() if _STATE.search(label)) if isinstance(known, dict) else ()
    return next(iter(found), "")


def _rate(series: Series) -> Series:
    """Return the growth per second of a counter; a reset counts as no growth."""
    if len(series.time) < 2:
        return Series(series.time[:0], series.value[:0])
    seconds = np.maximum(np.diff(series.time) / NANOS_PER_SECOND, 1e-9)
    return Series(series.time[1:], np.clip(np.diff(series.value), 0, None) / seconds)
