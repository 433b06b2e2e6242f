"""Gives telemetry as series: metrics by name and source, and the service-level indicators per bucket of time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.columns import Floats, Ints, find_pairs, flags, texts
from workbench.rca.visits import MS, middle_of_sorted, quantile_of_sorted
from workbench.semconv import NANOS_PER_SECOND, SEVERITY_ERROR, STATUS_ERROR, MetricRole

MS_OF_UNIT = {"s": 1e3, "ms": 1.0, "us": 1e-3, "ns": 1e-6, "": 1e3}
"""Milliseconds in a unit of time; OpenTelemetry's is the second."""


class Reading(StrEnum):
    """How the values of a series are to be read."""

    PLAIN = "plain"
    USED = "used"
    """They are the used share, 0 to 1, of what the metric counts what is left of."""
    SCARCE = "scarce"
    """They grow as less is left: `SCARCE` divided by what the metric counts."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured."""

    name: str
    statistic: str
    role: MetricRole
    unit: str
    state: str = ""
    """Which part of a whole is counted: `idle`, `free`; from a label called `state` or `mode`."""
    reading: Reading = Reading.PLAIN

    @property
    def label(self) -> str:
        """Name, statistic and state, for people."""
        return " ".join(word for word in (self.name, self.statistic, self.state) if word)


@dataclass(frozen=True, slots=True)
class Source:
    """Where it is measured."""

    service: str
    instance: str = ""
    peer: str = ""
    part: str = ""
    """The attributes, as JSON, where they tell several series of one instance apart: disks, processors, topics."""


WINDOW, LONG_WINDOW = 5, 10


@dataclass(frozen=True)
class Series:
    """One series: times in UTC nanoseconds, ascending, and finite values. What it says as a baseline is computed
    once.
    """

    time: Ints
    value: Floats

    def since(self, time: int) -> Floats:
        """Return the values from this time on (UTC ns)."""
        return self.value[np.searchsorted(self.time, time) :]

    def until(self, time: int) -> Floats:
        """Return the values before this time (UTC ns)."""
        return self.value[: np.searchsorted(self.time, time)]

    @cached_property
    def whole(self) -> bool:
        """Whether all values are whole numbers."""
        return bool(np.array_equal(self.value, np.round(self.value)))

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
        ordered = np.sort(values)
        median = middle_of_sorted(ordered)
        peak = level = None
        if len(values) >= 2 * WINDOW:
            windows = values[_windows(len(values), WINDOW)]
            windows.sort(axis=1)
            peak = float(windows[:, WINDOW - 2].max())
        if len(values) >= 2 * LONG_WINDOW:
            windows = values[_windows(len(values), LONG_WINDOW)]
            windows.sort(axis=1)
            middle = LONG_WINDOW // 2
            level = float((windows[:, middle - 1] + windows[:, middle]).max() / 2)
        return cls(len(values), median, quantile_of_sorted(ordered, 0.95) - median, peak, level)


@lru_cache(maxsize=64)
def _windows(size: int, width: int) -> Ints:
    """Return the positions of all runs of so many rows in sequence, (size - width + 1, width)."""
    return np.arange(size - width + 1)[:, None] + np.arange(width)


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
