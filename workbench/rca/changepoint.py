"""Finds the moment at which the service-level indicators of a case change together."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from workbench.facts.telemetry import Telemetry
from workbench.rca.clocks import clock_gaps
from workbench.rca.columns import Flags, Floats, Ints
from workbench.rca.edge_groups import NUMBER
from workbench.rca.failures import call_outcomes
from workbench.rca.network import span_gaps
from workbench.rca.resources import is_loss
from workbench.rca.series import MetricTable, Series, indicator_series
from workbench.rca.visits import SpanTable, middle_of
from workbench.rca.windows import seconds
from workbench.semconv import NANOS_PER_SECOND, RESOURCES, MetricRole

LEAST_BUCKET_S = 10.0
MOST_BUCKETS = 144
LEAST_BUCKETS = 8
EDGE = 0.12
"""No change is looked for in the first and last part of the time: there is nothing to compare it with."""
CAP = 60.0
"""One series votes with this log-likelihood gain at most, so that no single one decides."""
SURE = 9.0
"""A gain below this happens by chance among some hundred series."""
LEAST_VALUES = 4
"""Two values on either side of a step."""
LEAST_EFFECT = 1.5
"""A step counts when it is at least this many times the usual noise of a bucket."""
LEAST_PRE_S = 60.0
"""So much time before a change is needed to know what is healthy."""
EARLIER_BUCKETS = 1
COMPARABLE, GROUP, APART_BUCKETS = 0.4, 2, 3
"""An earlier group of series has this share of the votes of the largest one, two full votes at least, and lies this
many buckets before.
"""

_ROLES = {
    *RESOURCES,
    MetricRole.LATENCY,
    MetricRole.ERRORS,
    MetricRole.AVAILABILITY,
    MetricRole.HEARTBEAT,
}
_GOOD = (MetricRole.AVAILABILITY, MetricRole.HEARTBEAT)
"""What is worse when it falls."""
_FILLING = (MetricRole.MEMORY, MetricRole.DISK)
"""These fill up while all is well, too: it is the speed that tells."""
RELATIVE_NOISE = 0.05
RELATIVE_GROWTH = 0.005
COUNT_NOISE = 0.6
LEAST_GAP_MS = 0.1
_INDICATORS = {
    "share_requests": (0.002, 0),
    "share_log_lines": (0.002, 0),
    "error_lines": (0.6, 1),
    "error_rate": (0.03, 1),
    "latency_p50_ms": (0.05, 1),
    "latency_p95_ms": (0.1, 1),
}
"""Indicators and their least noise: shares, a share, roots of counts, and logarithms of milliseconds."""


@dataclass(frozen=True, slots=True)
class Change:
    """When the indicators changed, and how strongly they say so."""

    at_unix_nano: int
    gain: float
    series: int
    """How many of the series changed at about this time."""
    width: int = 0
    """Of a bucket, in ns: the time is known no better."""
    earlier_unix_nano: int | None = None
    """When a comparable group of series changed clearly before, if one did: what broke first may drag others later."""


@dataclass(frozen=True, slots=True)
class Grid:
    """All indicators in buckets of one width (ns): means (NaN: nothing measured), least noise, which way is worse."""

    start: int
    width: int
    values: Floats
    """(indicators, buckets)"""
    noise: Floats
    worse: Ints

    @property
    def buckets(self) -> int:
        """How many buckets the case has."""
        return int(self.values.shape[1])

    def keep(self, which: Flags) -> Grid:
        """Return some of the indicators."""
        return replace(self, values=self.values[which], noise=self.noise[which], worse=self.worse[which])


def measured(values: Floats) -> Ints:
    """Return how many buckets of each row hold a value."""
    found: Ints = np.isfinite(values).sum(axis=1)
    return found


def indicator_grid(telemetry: Telemetry, metrics: MetricTable, spans: SpanTable) -> Grid | None:
    """Return the indicators of a case, or None when it is too short; remembered with its spans."""
    return spans.once("indicator_grid", lambda: _make_grid(telemetry, metrics, spans))


def _make_grid(telemetry: Telemetry, metrics: MetricTable, spans: SpanTable) -> Grid | None:
    extent = telemetry.extent()
    if extent is None:
        return None
    start, end = extent
    width = seconds(max(LEAST_BUCKET_S, _period_s(metrics), (end - start) / NANOS_PER_SECOND / MOST_BUCKETS))
    buckets = int((end - start) // width) + 1
    if buckets < LEAST_BUCKETS:
        return None
    made = [*_rows(telemetry, metrics, start, width, buckets), *_call_rows(spans, start, width, buckets)]
    rows, noise, worse = ([one[place] for one in made] for place in range(3))
    whole = Grid(start, width, np.array(rows).reshape(-1, buckets), np.array(noise, float), np.array(worse, int))
    return whole.keep(measured(whole.values) >= LEAST_BUCKETS)


def find_change(telemetry: Telemetry, metrics: MetricTable, spans: SpanTable) -> Change | None:
    """Return the most likely common step of all indicators, or None when none of them moves (or the data is too
    short).
    """
    grid = indicator_grid(telemetry, metrics, spans)
    return spans.once("change", lambda: _find_change(grid)) if grid is not None else None


def _find_change(grid: Grid) -> Change | None:
    start, width, buckets = grid.start, grid.width, grid.buckets
    gains = step_gains(grid.values, grid.noise, grid.worse)
    if not len(gains):
        return None
    edge = max(2, int(EDGE * buckets))
    gains[:, : max(edge, math.ceil(seconds(LEAST_PRE_S) / width) + EARLIER_BUCKETS)] = 0.0
    gains[:, buckets - max(2, edge // 2) :] = 0.0
    # Each series votes with the shape of its own curve, scaled down to the cap: cut off, it would have no peak.
    largest = gains.max(axis=1, keepdims=True)
    votes = np.where(gains >= SURE, gains * np.minimum(1.0, CAP / np.maximum(largest, SURE)), 0.0)
    total = votes.sum(axis=0)
    if not total.any():
        return None
    at = int(np.argmax(total))
    before = _earlier_group(votes, at)
    return Change(
        start + (at - EARLIER_BUCKETS) * width,
        float(total[at]),
        int((votes[:, at] > 0).sum()),
        width,
        start + (before - EARLIER_BUCKETS) * width if before is not None else None,
    )


def _earlier_group(votes: Floats, at: int) -> int | None:
    """Return the first bucket at which a comparable group of series has its largest vote, if it lies before `at`."""
    strongest = votes.max(axis=1)
    mass = np.bincount(votes.argmax(axis=1), weights=strongest, minlength=votes.shape[1])
    grouped = mass + np.append(mass[1:], 0.0)
    comparable = np.flatnonzero(grouped >= max(COMPARABLE * float(grouped.max()), GROUP * CAP))
    first = int(comparable[0]) if len(comparable) else at
    first += int(first + 1 < len(mass) and mass[first + 1] > mass[first])
    return first if first <= at - APART_BUCKETS else None


def _period_s(metrics: MetricTable) -> float:
    """Return the usual distance of metric rows; buckets that are narrower would be empty.

    Rows count, not series: many series of rare calls (one for each pair of services) have few rows each.
    """
    gaps = [np.diff(one.time) for group in metrics.values() for one in group.values() if len(one.time) > 2]
    return middle_of(np.concatenate(gaps)) / NANOS_PER_SECOND if gaps else 0.0


def _rows(
    telemetry: Telemetry, metrics: MetricTable, start: int, width: int, buckets: int
) -> Iterable[tuple[Floats, float, int]]:
    """Give per indicator its bucket means (NaN: nothing measured), its least noise, and which way is worse."""
    for metric, group in metrics.items():
        if metric.role in _ROLES or is_loss(metric):
            for series in group.values():
                if not len(series.time):
                    continue  # A counter that was read once has no rate, and what is always used up no size.
                place = np.clip((series.time - start) // width, 0, buckets - 1)
                count = np.bincount(place, minlength=buckets)
                total = np.bincount(place, weights=series.value, minlength=buckets)
                row = np.where(count > 0, total / np.maximum(count, 1), np.nan)
                if metric.role in _FILLING:
                    yield _growth(row), RELATIVE_GROWTH * float(np.nanmedian(np.abs(row))), 1
                else:
                    yield row, _count_noise(series), -1 if metric.role in _GOOD else 1
    table = indicator_series(telemetry, width / NANOS_PER_SECOND)
    if not len(table):
        return
    # The table's buckets begin at multiples of the width; the nearest bucket of this grid takes them.
    table["place"] = ((table["time_unix_nano"] + width // 2 - start) // width).clip(0, buckets - 1)
    whole = table.groupby("place")[["requests", "log_lines", "error_lines"]].transform("sum")
    for name in ("requests", "log_lines"):
        table[f"share_{name}"] = table[name] / whole[name].clip(lower=1)
    table["error_lines"] = np.sqrt(table["error_lines"])
    for name in ("latency_p50_ms", "latency_p95_ms"):
        table[name] = np.log(table[name].clip(lower=1e-3))
    for _, rows in table.groupby("service_name"):
        for name, (noise, worse) in _INDICATORS.items():
            row = np.full(buckets, np.nan)
            row[rows["place"].to_numpy()] = rows[name].to_numpy()
            yield row, noise, worse


def _call_rows(spans: SpanTable, start: int, width: int, buckets: int) -> Iterable[tuple[Floats, float, int]]:
    """Give per pair of services the logarithm of the usual gap, the share of failed calls and that of wrong clocks."""
    gaps = span_gaps(spans)
    gaps["value"] = np.log(gaps["gap_ms"].clip(lower=LEAST_GAP_MS))
    outcomes = call_outcomes(spans)
    outcomes["value"] = outcomes["failed"].astype(float)
    clocks = clock_gaps(spans)
    clocks["value"] = (clocks["gap_ms"] > 0).astype(float)
    for frame, noise in ((gaps, 0.1), (outcomes, 0.03), (clocks, 0.05)):
        place = ((frame["time"] - start) // width).clip(0, buckets - 1)
        edge = frame[NUMBER]
        means = frame["value"].groupby([edge, place.rename("place")]).mean()
        values = np.full((int(edge.max()) + 1 if len(edge) else 0, buckets), np.nan)
        values[means.index.get_level_values("edge"), means.index.get_level_values("place")] = means.to_numpy()
        yield from ((row, noise, 1) for row in values)


def _growth(row: Floats) -> Floats:
    """Return the growth per bucket; a fall (memory that is freed, a disk that is cleaned) is left out."""
    grown = np.diff(row, prepend=np.nan)
    return np.where(grown >= 0, grown, np.nan)


def _count_noise(series: Series) -> float:
    """Return the least noise of a series: that of a Poisson count if all values are whole, else none."""
    return COUNT_NOISE * max(float(np.mean(series.value)), 1.0) ** 0.5 if series.whole else 0.0


def step_gains(rows: Floats, least_noise: Floats | float = 0.0, worse: Ints | int = 0) -> Floats:
    """Return the log-likelihood gain of a step at every bucket of each row (rows, buckets), for noise as usual between
    neighbours.

    Outliers are pulled in to six times the noise, steps smaller than 1.5 times the noise gain nothing, nor do steps for
    the better: `worse` (rows,) is 1 where a rise is bad, -1 where a fall is, 0 where both are. NaN: nothing measured.
    """
    there = np.isfinite(rows)
    sizes = there.sum(axis=1)
    before = np.cumsum(there, axis=1) - there
    least_noise, worse = np.broadcast_to(least_noise, len(rows)), np.broadcast_to(worse, len(rows))
    gains = np.zeros(rows.shape)
    # Rows with as many values each make one table: a call per row would cost many times more.
    for size in np.unique(sizes[sizes >= LEAST_VALUES]):
        which = sizes == size
        values = rows[which][there[which]].reshape(-1, size)
        found = _gains(values, least_noise[which], worse[which])
        gains[which] = np.take_along_axis(found, before[which], axis=1)
    return gains


def _gains(values: Floats, least_noise: Floats, worse: Ints) -> Floats:
    """Return the gains of a step before each value and behind the last, (rows, values + 1), for rows without gaps."""
    jumps = np.diff(values, axis=1)
    # The median is blind to rare spikes; one clean step moves the deviation but little.
    noise = np.maximum(1.4826 * np.median(np.abs(jumps), axis=1), 0.5 * jumps.std(axis=1)) / 2**0.5
    noise = np.maximum(noise, np.maximum(RELATIVE_NOISE * np.median(np.abs(values), axis=1), least_noise))[:, None]
    middle = np.median(values, axis=1)[:, None]
    clipped = np.clip(values, middle - 6 * noise, middle + 6 * noise)
    count = np.arange(values.shape[1] + 1.0)
    rest = values.shape[1] - count
    total = np.pad(np.cumsum(clipped, axis=1), ((0, 0), (1, 0)))
    with np.errstate(divide="ignore", invalid="ignore"):
        step = (total[:, -1:] - total) / rest - total / count
        step = np.where(worse[:, None] == 0, np.abs(step), worse[:, None] * step)
        gain = 0.5 * (step / noise) ** 2 * count * rest / (count + rest)
        clear = (count >= 2) & (rest >= 2) & (noise > 0) & (step >= LEAST_EFFECT * noise)
    result: Floats = np.where(clear, gain, 0.0)
    return result
