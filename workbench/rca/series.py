"""Gives telemetry as series: metrics by name and source, and the service-level indicators per bucket of time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.columns import Floats, Ints, find_pairs, flags, texts
from workbench.rca.visits import MS, middle_of, quantile_of
from workbench.semconv import NANOS_PER_SECOND, SEVERITY_ERROR, STATUS_ERROR, MetricRole, metric_role

_COUNTER = ("_total", ".total")
"""Endings of counters, which only grow; their rate is what tells something."""
MS_OF_UNIT = {"s": 1e3, "ms": 1.0, "us": 1e-3, "ns": 1e-6, "": 1e3}
"""Milliseconds in a unit of time; OpenTelemetry's is the second."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured."""

    name: str
    statistic: str
    role: MetricRole
    unit: str

    @property
    def label(self) -> str:
        """Name and statistic, for people."""
        return f"{self.name} {self.statistic}".strip()


@dataclass(frozen=True, slots=True)
class Source:
    """Where it is measured."""

    service: str
    instance: str = ""
    peer: str = ""


WINDOW, LONG_WINDOW = 5, 10


@dataclass(frozen=True)
class Series:
    """One series: times in UTC nanoseconds, ascending, and finite values. What it says as a baseline is computed
    once.
    """

    time: Ints
    value: Floats

    @cached_property
    def healthy(self) -> Healthy:
        """Return the level of the values, taken as a time without a fault."""
        return Healthy.of(self.value)


@dataclass(frozen=True, slots=True)
class Healthy:
    """Level of some fault-free rows."""

    rows: int
    median: float
    spread: float
    """95 % quantile minus median."""
    peak: float | None
    """Largest second largest value of any five rows in sequence; None when there are too few."""
    level: float | None
    """Largest median of any ten rows in sequence."""

    @classmethod
    def of(cls, values: Floats) -> Healthy:
        """Return the level of these rows, which are in the order of time."""
        if not len(values):
            return cls(0, 0.0, 0.0, None, None)
        median = middle_of(values)
        peak = level = None
        if len(values) >= 2 * WINDOW:
            windows = np.lib.stride_tricks.sliding_window_view(values, WINDOW)
            peak = float(np.partition(windows, WINDOW - 2, axis=1)[:, WINDOW - 2].max())
        if len(values) >= 2 * LONG_WINDOW:
            windows = np.lib.stride_tricks.sliding_window_view(values, LONG_WINDOW)
            middle = LONG_WINDOW // 2
            level = float(
                np.partition(windows, (middle - 1, middle), axis=1)[:, middle - 1 : middle + 1].sum(1).max() / 2
            )
        return cls(len(values), median, quantile_of(values, 0.95) - median, peak, level)


class Group(dict[Source, Series]):
    """The series of one metric by their source. Levels of whole services are computed once."""

    def __init__(self) -> None:
        super().__init__()
        self._of_service: dict[tuple[str, str], Healthy] = {}

    def healthy(self, source: Source) -> Healthy:
        """Return the level of the same instance, or of all instances of the service when it has another name here."""
        if source in self:
            return self[source].healthy
        key = (source.service, source.peer)
        if key not in self._of_service:
            same = [series.value for other, series in self.items() if (other.service, other.peer) == key]
            self._of_service[key] = Healthy.of(np.concatenate(same) if same else np.zeros(0))
        return self._of_service[key]


MetricTable = dict[Metric, Group]


def read_metrics(telemetry: Telemetry, cache: ReferenceCache) -> MetricTable:
    """Return all series of the telemetry's metrics; remembered in `cache`."""
    return cache.get("metrics", [telemetry], lambda: make_metrics(telemetry.metrics))


def make_metrics(metrics: pd.DataFrame) -> MetricTable:
    """Return the series by metric and source. Counters become rates per second; values that are not finite are left
    out.
    """
    table: MetricTable = {}
    finite = metrics[np.isfinite(metrics["value"].to_numpy(dtype=float))]
    keys = ["metric_name", "statistic", "service_name", "service_instance_id", "peer_service_name"]
    ordered = finite.sort_values([*keys, "time_unix_nano", "value"], kind="stable")
    time, value = ordered["time_unix_nano"].to_numpy(dtype=np.int64), ordered["value"].to_numpy(dtype=float)
    columns = [texts(ordered, key) for key in keys]
    units = texts(ordered, "unit")
    if not len(ordered):
        return table
    changed = np.zeros(len(ordered), dtype=np.bool_)
    changed[0] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    starts = np.flatnonzero(changed)
    metric_of: dict[tuple[str, str], Metric] = {}
    # A row that was read twice is one row: the second largest of a test must not be the largest again.
    fresh = changed.copy()
    fresh[1:] |= (time[1:] != time[:-1]) | (value[1:] != value[:-1])
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(ordered)], strict=True):
        name, statistic, service, instance, peer = (str(column[start]) for column in columns)
        metric = metric_of.setdefault((name, statistic), Metric(name, statistic, metric_role(name), str(units[start])))
        once = fresh[start:end]
        series = Series(time[start:end][once], value[start:end][once])
        if name.lower().endswith(_COUNTER):
            series = _rate(series)
        table.setdefault(metric, Group())[Source(service, instance, peer)] = series
    return table


def _rate(series: Series) -> Series:
    """Return the growth per second of a counter; a reset counts as no growth."""
    if len(series.time) < 2:
        return Series(series.time[:0], series.value[:0])
    seconds = np.maximum(np.diff(series.time) / NANOS_PER_SECOND, 1e-9)
    return Series(series.time[1:], np.clip(np.diff(series.value), 0, None) / seconds)


def indicator_series(telemetry: Telemetry, bucket_s: float) -> pd.DataFrame:
    """Return the indicators per bucket and service, for plots and for dating.

    Columns: time_unix_nano (start of the bucket), service_name, requests, error_rate (0..1), latency_p50_ms,
    latency_p95_ms, log_lines, error_lines. Requests are entry spans of the service. A bucket without requests has
    requests 0 and NaN in error rate and latency; a service without any spans or logs has no rows. Spans belong to the
    bucket they end in.
    """
    width = max(1, int(bucket_s * NANOS_PER_SECOND))
    frames = [frame for frame in (_span_buckets(telemetry, width), _log_buckets(telemetry, width)) if len(frame)]
    columns = ["requests", "error_rate", "latency_p50_ms", "latency_p95_ms", "log_lines", "error_lines"]
    if not frames:
        return pd.DataFrame({name: [] for name in ("time_unix_nano", "service_name", *columns)})
    joined = pd.concat(frames, axis=1)
    buckets = joined.index.get_level_values("bucket")
    services = sorted(set(joined.index.get_level_values("service")))
    grid = pd.MultiIndex.from_product(
        [range(int(buckets.min()), int(buckets.max()) + 1), services], names=["bucket", "service"]
    )
    joined = joined.reindex(grid).reindex(columns=columns)
    joined[["requests", "log_lines", "error_lines"]] = joined[["requests", "log_lines", "error_lines"]].fillna(0.0)
    rows = joined.reset_index()
    rows["time_unix_nano"] = rows.pop("bucket").to_numpy(dtype=np.int64) * width
    return rows.rename(columns={"service": "service_name"})[["time_unix_nano", "service_name", *columns]]


def _span_buckets(telemetry: Telemetry, width: int) -> pd.DataFrame:
    spans = telemetry.spans
    if not len(spans):
        return pd.DataFrame()
    service, trace = texts(spans, "service_name"), texts(spans, "trace_id")
    above = find_pairs(trace, texts(spans, "span_id"), trace, texts(spans, "parent_span_id"))
    names = pd.factorize(service)[0]
    entry = (above < 0) | (names[np.maximum(above, 0)] != names)
    end = spans["end_time_unix_nano"].to_numpy(dtype=np.int64)
    frame = pd.DataFrame(
        {
            "bucket": end // width,
            "service": service,
            "error": flags(texts(spans, "status_code"), lambda code: code.upper().endswith(STATUS_ERROR)),
            "ms": (end - spans["start_time_unix_nano"].to_numpy(dtype=np.int64)) / MS,
        }
    )[entry]
    grouped = frame.groupby(["bucket", "service"])
    quantiles = grouped["ms"].quantile([0.5, 0.95]).unstack()
    return pd.DataFrame(
        {
            "requests": grouped.size().astype(float),
            "error_rate": grouped["error"].mean(),
            "latency_p50_ms": quantiles[0.5],
            "latency_p95_ms": quantiles[0.95],
        }
    )


def _log_buckets(telemetry: Telemetry, width: int) -> pd.DataFrame:
    logs = telemetry.logs
    if not len(logs):
        return pd.DataFrame()
    frame = pd.DataFrame(
        {
            "bucket": logs["time_unix_nano"].to_numpy(dtype=np.int64) // width,
            "service": texts(logs, "service_name"),
            "error": (logs["severity_number"].to_numpy(dtype=np.int64) >= SEVERITY_ERROR).astype(float),
        }
    )
    grouped = frame.groupby(["bucket", "service"])["error"]
    return pd.DataFrame({"log_lines": grouped.size().astype(float), "error_lines": grouped.sum()})
