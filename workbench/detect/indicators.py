"""Makes service-level indicators of telemetry: requests, errors and latency per service and bucket of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND, SEVERITY_ERROR, STATUS_ERROR

BUCKETS_S = (10, 15, 30, 60, 120, 300, 600, 1800, 3600)
"""Widths of a bucket, in seconds."""
_BUCKETS_WANTED = 90
_SLOW_SHARE = 0.95
_LEAST_FOR_LATENCY = 5
_INNER_KINDS = ("INTERNAL", "CLIENT", "PRODUCER")
_ENTRY_KINDS = ("SERVER", "CONSUMER")


@dataclass(frozen=True, slots=True)
class Requests:
    """What one service was asked to do, in the order of time; log lines where it has no spans."""

    service_name: str
    unit: str
    """`requests` or `log lines`."""
    time: npt.NDArray[np.int64]
    """UTC nanoseconds of the end of each."""
    failed: npt.NDArray[np.bool_]
    millis: npt.NDArray[np.float64]
    """Duration; NaN for log lines."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """One service's indicators per bucket; all arrays are equally long and have no gaps in time."""

    start: npt.NDArray[np.int64]
    width_s: int
    requests: npt.NDArray[np.int64]
    errors: npt.NDArray[np.int64]
    slow_ms: npt.NDArray[np.float64]
    """95th percentile of the duration; NaN where there are fewer than 5 requests."""
    whole: npt.NDArray[np.bool_]
    """False where the data set begins or ends within the bucket, so that its counts mean nothing."""


def bucket_width_s(extent: tuple[int, int]) -> int:
    """Return a width that cuts the extent (UTC nanoseconds) into at most about 90 buckets."""
    wanted = (extent[1] - extent[0]) / NANOS_PER_SECOND / _BUCKETS_WANTED
    return next((width for width in BUCKETS_S if width >= wanted), BUCKETS_S[-1])


def requests_by_service(telemetry: Telemetry) -> list[Requests]:
    """Return the requests of each service by name: its entry spans, or its log lines where it has no spans."""
    found = _from_spans(telemetry.spans)
    with_spans = {one.service_name for one in found}
    found += [one for one in _from_logs(telemetry.logs) if one.service_name not in with_spans]
    return sorted(found, key=lambda one: one.service_name)


def bucketed(requests: Requests, width_s: int, extent: tuple[int, int]) -> Buckets:
    """Count the requests per bucket, from the service's first one to the end of the extent (UTC nanoseconds)."""
    width = width_s * NANOS_PER_SECOND
    first, last = int(requests.time[0]) // width, max(int(extent[1]), int(requests.time[-1])) // width
    place = requests.time // width - first
    count = last - first + 1
    start = (first + np.arange(count, dtype=np.int64)) * width
    bounds = np.searchsorted(place, np.arange(count + 1))
    slow = np.full(count, np.nan)
    for index in range(count):
        values = requests.millis[bounds[index] : bounds[index + 1]]
        if len(values) >= _LEAST_FOR_LATENCY:
            slow[index] = np.quantile(values, _SLOW_SHARE)
    return Buckets(
        start=start,
        width_s=width_s,
        requests=np.diff(bounds).astype(np.int64),
        errors=np.bincount(place[requests.failed], minlength=count).astype(np.int64),
        slow_ms=slow,
        # A service that appears later than the others began within its first bucket.
        whole=(start > int(requests.time[0])) & (start + width <= int(extent[1]) + 1),
    )


def _from_spans(spans: pd.DataFrame) -> list[Requests]:
    if not len(spans):
        return []
    keys = spans["trace_id"].astype("object") + "\x00"
    owner = pd.Series(spans["service_name"].to_numpy(dtype=object), index=keys + spans["span_id"].astype("object"))
    owner = owner[~owner.index.duplicated()]
    above = owner.reindex(keys + spans["parent_span_id"].astype("object")).to_numpy(dtype=object)
    service = spans["service_name"].to_numpy(dtype=object)
    end = spans["end_time_unix_nano"].to_numpy(dtype=np.int64)
    frame = pd.DataFrame(
        {
            "service": service,
            "time": end,
            "failed": spans["status_code"].astype("object").str.upper().str.endswith(STATUS_ERROR).to_numpy(dtype=bool),
            "millis": (end - spans["start_time_unix_nano"].to_numpy(dtype=np.int64)) / 1e6,
        }
    )
    entry = above != service
    return _split(frame[entry & ~_steps_of_unrecorded(spans, entry, pd.isna(above))], "requests")


def _steps_of_unrecorded(
    spans: pd.DataFrame, entry: npt.NDArray[np.bool_], no_parent: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Tell which spans are steps of a request that was not recorded, rather than requests.

    Spans are recorded when they end: a request under way when the data stop shows its steps but not itself. A step is
    known by its kind, where the service has requests besides; of spans without a kind, all below one unrecorded parent
    count as one request, that of the first to end.
    """
    orphan = no_parent & (spans["parent_span_id"].astype("object") != "").to_numpy(dtype=bool)
    if not orphan.any():
        return orphan
    kind = spans["span_kind"].astype("object").str.upper()
    inner = orphan & kind.isin(_INNER_KINDS).to_numpy(dtype=bool)
    service = spans["service_name"].astype("object")
    step = inner & service.isin(service[entry & ~inner].unique()).to_numpy(dtype=bool)
    unsaid = np.flatnonzero(orphan & ~step & ~kind.isin(_ENTRY_KINDS).to_numpy(dtype=bool))
    ordered = spans.iloc[unsaid][["trace_id", "parent_span_id", "service_name", "end_time_unix_nano"]].astype("object")
    ordered.index = pd.Index(unsaid)
    ordered = ordered.sort_values("end_time_unix_nano", kind="stable")
    step[ordered.index[ordered.duplicated(["trace_id", "parent_span_id", "service_name"])]] = True
    return step


def _from_logs(logs: pd.DataFrame) -> list[Requests]:
    if not len(logs):
        return []
    frame = pd.DataFrame(
        {
            "service": logs["service_name"].to_numpy(dtype=object),
            "time": logs["time_unix_nano"].to_numpy(dtype=np.int64),
            "failed": logs["severity_number"].to_numpy(dtype=np.int64) >= SEVERITY_ERROR,
            "millis": np.nan,
        }
    )
    return _split(frame, "log lines")


def _split(frame: pd.DataFrame, unit: str) -> list[Requests]:
    dated = frame[(frame["service"] != "") & (frame["time"] > 0)].sort_values("time", kind="stable")
    return [
        Requests(
            service_name=str(service),
            unit=unit,
            time=part["time"].to_numpy(dtype=np.int64),
            failed=part["failed"].to_numpy(dtype=bool),
            millis=part["millis"].to_numpy(dtype=float),
        )
        for service, part in dated.groupby("service", sort=True)
    ]
