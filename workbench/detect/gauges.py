"""Finds what metrics, events and log lines tell about being up: availability, `up` gauges and missing heartbeats."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.detect.history import ABNORMAL, LevelHistory, Sign, persistent
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND, MetricRole, metric_role

LEAST_BEATS = 6
"""So many regular beats make a heartbeat."""
MISSED = 3.0
"""A silence of this many usual steps is a missing heartbeat."""
REGULAR = 0.5
"""Beats whose middle half of steps varies by more than this share of the usual step are no heartbeat."""
_LEAST_LOSS = 0.01


def gauge_signs(telemetry: Telemetry, width_s: int, extent: tuple[int, int]) -> Iterator[tuple[str, Sign]]:
    """Yield (service, sign) of lost availability and of missing heartbeats."""
    metrics = telemetry.metrics
    if len(metrics):
        roles = {str(name): metric_role(str(name)) for name in metrics["metric_name"].unique()}
        wanted = [name for name, role in roles.items() if role in (MetricRole.AVAILABILITY, MetricRole.HEARTBEAT)]
        told = metrics[metrics["metric_name"].isin(wanted) & (metrics["service_name"] != "")]
        keys = ["service_name", "metric_name", "statistic"]
        for (service, name, _), part in told.sort_values("time_unix_nano", kind="stable").groupby(keys, sort=True):
            if roles[str(name)] is MetricRole.AVAILABILITY:
                signs = _availability(part, width_s)
            else:
                signs = [*_down(part, width_s), *_instance_silences(part, extent[1])]
            yield from ((str(service), sign) for sign in signs)
    for service, part in _beats(telemetry):
        yield from ((service, sign) for sign in _instance_silences(part, extent[1]))


def _instance_silences(part: pd.DataFrame, end: int) -> list[Sign]:
    # An instance may be scaled away; a service is silent when none of its instances beats.
    steps = [
        step
        for _, times in part.groupby("service_instance_id")["time_unix_nano"]
        if (step := usual_step_s(np.sort(times.to_numpy(dtype=np.int64))))
    ]
    return silences(part["time_unix_nano"].to_numpy(dtype=np.int64), end, float(np.median(steps))) if steps else []


def usual_step_s(time: npt.NDArray[np.int64]) -> float | None:
    """Return the usual time between beats (UTC nanoseconds, ascending) in seconds; None when they are not regular."""
    steps = np.diff(np.unique(time)) / NANOS_PER_SECOND
    if len(steps) + 1 < LEAST_BEATS:
        return None
    low, usual, high = np.quantile(steps, [0.25, 0.5, 0.75])
    return float(usual) if high - low <= REGULAR * usual else None


def silences(time: npt.NDArray[np.int64], end: int, usual_s: float) -> list[Sign]:
    """Return a sign for each silence among beats, also for the one that lasts to the `end` of the data.

    Args:
        time: UTC nanoseconds of the beats, in any order.
        end: UTC nanoseconds of the last row of the data set.
        usual_s: The usual step between two beats, in seconds.
    """
    beats = np.unique(time)
    lengths = np.diff(np.append(beats, max(end, int(beats[-1])))) / NANOS_PER_SECOND
    return [
        Sign(
            detector="heartbeat",
            kind=IncidentKind.DOWNTIME,
            time_unix_nano=int(start) + int(usual_s * NANOS_PER_SECOND),
            score=1.0 - 0.25 * MISSED * usual_s / float(length),
            value=float(length),
            expected=usual_s,
        )
        for start, length in zip(beats, lengths, strict=True)
        if length >= MISSED * usual_s
    ]


def _beats(telemetry: Telemetry) -> Iterator[tuple[str, pd.DataFrame]]:
    for frame, column in ((telemetry.events, "event_name"), (telemetry.logs, "body")):
        if len(frame):
            said = frame[frame[column].astype("object").str.contains("heartbeat", case=False, regex=False, na=False)]
            for service, part in said[said["service_name"] != ""].groupby("service_name", sort=True):
                yield str(service), part


def _down(part: pd.DataFrame, width_s: int) -> list[Sign]:
    value = part["value"].to_numpy(dtype=float)
    # An `up` gauge is 1 or 0; a counter of seconds up has other values and tells by its silence only.
    if not np.isin(value, (0.0, 1.0)).all() or not value.any():
        return []
    buckets = part.groupby(part["time_unix_nano"] // (width_s * NANOS_PER_SECOND))
    up = zip(buckets["time_unix_nano"].min().tolist(), buckets["value"].mean().tolist(), strict=True)
    return [
        Sign("availability", IncidentKind.DOWNTIME, int(at), 1.0 - 0.5 * float(share), float(share), 1.0)
        for at, share in up
        if share < 1.0
    ]


def _availability(part: pd.DataFrame, width_s: int) -> list[Sign]:
    usable = part[np.isfinite(part["value"].to_numpy(dtype=float))]
    if not len(usable):
        return []
    percent = 100.0 if usable["value"].max() > 1.5 else 1.0
    width = width_s * NANOS_PER_SECOND
    history = LevelHistory()
    signs = []
    for bucket, mean in (usable["value"] / percent).groupby(usable["time_unix_nano"] // width).mean().items():
        # What is lost is small against 1 and tells more than what is left.
        lost = history.rise(max(1.0 - float(mean), 0.0) + _LEAST_LOSS, least_ratio=2.0)
        if lost.score >= ABNORMAL:
            expected = 1.0 - max(lost.expected - _LEAST_LOSS, 0.0)
            start = int(str(bucket)) * width
            signs.append(Sign("availability", IncidentKind.DOWNTIME, start, lost.score, float(mean), expected))
    return persistent(signs, width_s)
