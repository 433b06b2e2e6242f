"""Finds anomalies of the service-level indicators: what the users of each service would notice, and when it began.

Every indicator is compared with the earlier, healthy part of the same telemetry, bucket by bucket.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from workbench.detect.fleet import fair_signs, with_witness
from workbench.detect.gauges import gauge_signs
from workbench.detect.history import ABNORMAL, PAGE, LevelHistory, Sign, persistent
from workbench.detect.indicators import Buckets, Requests, bucket_width_s, bucketed, requests_by_service
from workbench.detect.lines import with_lines
from workbench.detect.wording import sentence
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND
from workbench.signals.rates import ErrorRateDetector, RateChangeDetector, score_of_tail
from workbench.signals.robust import likelihood_step
from workbench.signals.tails import beta_binomial_upper

LEAST_DROP = 0.5
"""Less than this share of the usual volume is a drop."""
LEAST_RISE = 3.0
"""More than this times the usual volume is a rise."""
LEAST_RISE_HISTORY = 12
"""Buckets of a service's volume that must be known before a rise of it means anything: traffic comes in waves."""
LEAST_SLOWDOWN = 1.5
"""Latency below this times the usual is no incident, however sure it is."""
NEVER_ALONE = 1.1
"""A few slow requests within one bucket happen every day; a slow bucket counts with a second one beside it."""
LEAST_ERROR_RISE = 0.02
"""An error rate has to grow by this to count."""
_INDEPENDENT = 50
"""The requests before are worth at most so many independent ones: slow requests come in clusters."""
_INDICATORS = 3
"""Error rate, latency and volume of each service."""


def find_anomalies(telemetry: Telemetry, scope: str, *, bucket_s: int | None = None) -> list[Anomaly]:
    """Return what is abnormal in error rate, latency, volume, availability and heartbeats, ordered by time.

    Args:
        telemetry: Any of logs, spans, metrics and events. The earlier part should be healthy.
        scope: Name of the data set; it is written into the anomalies.
        bucket_s: Width of a bucket in seconds; by the length of the data when left out.

    Returns:
        One anomaly per abnormal bucket; the first of a run is dated to the request at which it most likely began.
        The same telemetry always gives the same anomalies.
    """
    extent = telemetry.extent()
    if extent is None:
        return []
    width_s = bucket_s or bucket_width_s(extent)
    found: list[Anomaly] = []
    judged = requests_by_service(telemetry)
    signs = [(one.service_name, sign) for one in judged for sign in _signs(one, bucketed(one, width_s, extent))]
    fair = with_witness(fair_signs(signs, _INDICATORS * len(judged), width_s), width_s, _alone)
    found += [_anomaly(sign, service, scope) for service, sign in fair]
    found += [_anomaly(sign, service, scope) for service, sign in gauge_signs(telemetry, width_s, extent)]
    ordered = sorted(found, key=lambda one: (one.time_unix_nano, one.service_name, one.detector, one.summary))
    return with_lines(ordered, telemetry, width_s)


def _anomaly(sign: Sign, service_name: str, scope: str) -> Anomaly:
    return Anomaly(
        detector=sign.detector,
        kind=sign.kind,
        service_name=service_name,
        time_unix_nano=sign.time_unix_nano,
        score=round(sign.score, 6),
        value=round(sign.value, 6),
        expected=round(sign.expected, 6),
        summary=sentence(sign.detector, service_name, sign.value, sign.expected),
        scope=scope,
    )


def _signs(requests: Requests, buckets: Buckets) -> Iterator[Sign]:
    has_spans = requests.unit == "requests"
    yield from _dated(_errors(buckets, "error_rate" if has_spans else "error_logs"), requests, buckets, _failed)
    yield from _dated(_latency(buckets, requests), requests, buckets, _slow)
    yield from _volume(buckets, "volume" if has_spans else "log_volume")


def _alone(sign: Sign) -> float:
    return NEVER_ALONE if sign.kind is IncidentKind.LATENCY else PAGE


def _errors(buckets: Buckets, detector: str) -> list[Sign]:
    history = ErrorRateDetector()
    signs = []
    for start, errors, requests in zip(buckets.start, buckets.errors, buckets.requests, strict=True):
        scored = history.update(float(errors), float(requests))
        if scored.score >= ABNORMAL and scored.value - scored.expected >= LEAST_ERROR_RISE:
            signs.append(Sign(detector, IncidentKind.ERROR, int(start), scored.score, scored.value, scored.expected))
    return persistent(signs, buckets.width_s)


def _latency(buckets: Buckets, requests: Requests) -> list[Sign]:
    history = LevelHistory()
    signs = []
    for start, slow, count in zip(buckets.start, buckets.slow_ms, buckets.requests, strict=True):
        # The 95th percentile of n log-normal durations of the usual width has a relative error of about 1/sqrt(n).
        sampling = 1.0 / math.sqrt(max(int(count), 1))
        scored = history.rise(float(slow), least_ratio=LEAST_SLOWDOWN, sampling=sampling)
        if scored.score < ABNORMAL:
            continue
        score = min(scored.score, _more_are_slow(requests, int(start), buckets.width_s, scored.expected))
        if score >= ABNORMAL:
            signs.append(Sign("latency", IncidentKind.LATENCY, int(start), score, scored.value, scored.expected))
    return persistent(signs, buckets.width_s, alone=NEVER_ALONE)


def _more_are_slow(requests: Requests, start: int, width_s: int, expected_ms: float) -> float:
    """Return the score of the share of slow requests in a bucket, against that of all requests before it.

    A percentile of few requests jumps where durations have two humps (a cache hit and a miss); counts do not.
    """
    began, ended = np.searchsorted(requests.time, [start, start + width_s * NANOS_PER_SECOND])
    slow = np.nan_to_num(requests.millis[:ended]) > LEAST_SLOWDOWN * expected_ms
    before, now = slow[:began], slow[began:]
    worth = min(1.0, _INDEPENDENT / max(len(before), 1))
    a, b = 0.5 + worth * float(before.sum()), 0.5 + worth * float((~before).sum())
    return score_of_tail(beta_binomial_upper(int(now.sum()), len(now), a, b))


def _volume(buckets: Buckets, detector: str) -> list[Sign]:
    history = RateChangeDetector()
    a_minute = 60.0 / buckets.width_s
    signs, known = [], 0
    for start, requests, whole in zip(buckets.start, buckets.requests, buckets.whole, strict=True):
        if not whole:
            continue
        scored = history.update(float(requests))
        known += 1
        drop, rise = scored.value < LEAST_DROP * scored.expected, scored.value > LEAST_RISE * scored.expected
        rise = rise and known > LEAST_RISE_HISTORY
        if scored.score >= ABNORMAL and (drop or rise):
            kind = IncidentKind.DOWNTIME if drop else IncidentKind.METRIC
            signs.append(
                Sign(detector, kind, int(start), scored.score, scored.value * a_minute, scored.expected * a_minute)
            )
    return persistent(signs, buckets.width_s)


def _failed(requests: Requests, sign: Sign) -> np.ndarray:
    return requests.failed


def _slow(requests: Requests, sign: Sign) -> np.ndarray:
    return np.nan_to_num(requests.millis) > LEAST_SLOWDOWN * sign.expected


def _dated(
    signs: Sequence[Sign], requests: Requests, buckets: Buckets, bad: Callable[[Requests, Sign], np.ndarray]
) -> Iterator[Sign]:
    """Date the first sign of each run to the request from which on more of them are bad."""
    width = buckets.width_s * NANOS_PER_SECOND
    before = -width
    for sign in signs:
        start, before_it = sign.time_unix_nano, before
        before = start
        if start - before_it <= 2 * width:
            yield sign
            continue
        near = slice(*np.searchsorted(requests.time, [start - 2 * width, start + 2 * width]))
        step = likelihood_step(bad(requests, sign)[near])
        began = int(requests.time[near][step]) if step else start
        yield sign.at(began if start - width <= began < start + width else start)
