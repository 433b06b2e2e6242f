"""Reads what is left of a resource as what is used of it, so that more is worse everywhere.

Exporters of hosts and clouds tell what is left: `node_filesystem_avail_bytes`, `FreeableMemory`, processor time in the
mode `idle`. Where the whole is known, the used share is taken: a size beside it, a percentage, the time of one
processor. Elsewhere the reciprocal is: half of what was left counts as much as twice of what is used does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from workbench.rca.series import Group, Metric, MetricTable, Reading, Series, Source
from workbench.rca.visits import middle_of
from workbench.semconv import LEFT, RESOURCES, MetricRole, tells_what_is_left, words_of_name

SCARCE = 1e12
"""What is divided by a rest, so that rests of bytes and of shares both give numbers of a usual size."""
_RUN_OUT = frozenset(RESOURCES) - {MetricRole.QUEUE}
"""What can be left of a resource. Messages that remain in a queue are no rest: more of them is worse."""
_NEARLY_NONE = 1e-3
"""A rest below this share of the largest one counts as this share."""
_SIZE = frozenset({"size", "total", "capacity", "limit", "max"})
_PERCENT = frozenset({"percent", "pct", "percentage"})
_PROCESSOR_TIME = "cpu_seconds_total"


def as_used(table: MetricTable) -> MetricTable:
    """Return the table with what is left of a resource read as what is used of it; all else is the same."""
    lefts = {metric for metric in table if metric.role in _RUN_OUT and _is_left(metric)}
    if not lefts:
        return table
    sizes = {words: group for metric, group in table.items() for words in _sizes(metric)}
    better = {_without(metric, LEFT) for metric in lefts if {"available", "avail"} & set(_words(metric))}
    found: MetricTable = {}
    for metric, group in table.items():
        if metric in lefts and metric.role is MetricRole.MEMORY and "free" in _words(metric):
            # A kernel fills free memory with its cache; what is available beside it tells whether that hurts.
            metric = replace(metric, role=MetricRole.OTHER) if _without(metric, LEFT) in better else metric
        if metric not in lefts:
            found[metric] = group
            continue
        size = sizes.get((metric.role, *_without(metric, LEFT)))
        for source, series in group.items():
            whole = _whole(metric, series, size, source)
            reading = Reading.SCARCE if whole is None else Reading.USED
            found.setdefault(replace(metric, reading=reading), Group())[source] = _read(series, whole)
    return found


def what_was_left(metric: Metric, value: float) -> float:
    """Return a value of a metric that is read as used or scarce as what was left: a share of 1, or the metric's own."""
    return 1 - value if metric.reading is Reading.USED else SCARCE / max(value, 1e-300)


def _is_left(metric: Metric) -> bool:
    # A counter ends with `total`; that is no size.
    words = {*words_of_name(metric.name.lower().removesuffix("_total")).split(), metric.state}
    return tells_what_is_left(f"{metric.name} {metric.state}") and not words & _SIZE


def _words(metric: Metric) -> list[str]:
    return words_of_name(metric.name).split()


def _without(metric: Metric, left: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(word for word in _words(metric) if word not in left))


def _sizes(metric: Metric) -> Iterator[tuple[str, ...]]:
    if metric.role in RESOURCES and _SIZE & set(_words(metric)):
        yield (metric.role, *_without(metric, _SIZE))


def _whole(metric: Metric, series: Series, size: Group | None, source: Source) -> float | None:
    beside = size.get(source) if size else None
    if beside is not None and len(beside.value) and len(series.value):
        whole = middle_of(beside.value)
        return whole if whole > 0 and whole >= series.value.max() else None
    words = set(_words(metric))
    if metric.unit in ("%", "1", "ratio") or words & _PERCENT or "%" in metric.name or "utilization" in words:
        return 100.0 if len(series.value) and series.value.max() > 1.5 else 1.0
    if metric.role is MetricRole.CPU and metric.name.lower().endswith(_PROCESSOR_TIME):
        return 1.0
    return None


def share_gone(series: Series, value: float) -> float:
    """Return how much of the largest rest of a scarce series is gone at a value of it, 0 to 1."""
    return 1 - float(series.value.min()) / value if len(series.value) and value > 0 else 0.0


def _read(series: Series, whole: float | None) -> Series:
    if whole is not None:
        return Series(series.time, 1 - np.clip(series.value / whole, 0, 1))
    most = float(series.value.max()) if len(series.value) else 0.0
    if most <= 0:
        return Series(series.time[:0], series.value[:0])
    return Series(series.time, SCARCE / np.maximum(series.value, _NEARLY_NONE * most))
