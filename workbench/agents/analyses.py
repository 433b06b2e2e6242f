"""Looks closer at an incident of one kind: what it meant for users, in numbers, before and after its onset."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from workbench.detect.indicators import Requests, requests_by_service
from workbench.detect.wording import NAMES, clock, number
from workbench.facts.diagnosis import Diagnosis, IncidentKind, TimelineEntry, Verdict
from workbench.facts.incident import Anomaly
from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND

MOST_LINES = 5
MOST_ENTRIES = 30
_LEAST_REQUESTS = 20
_LEAST_CHANGE = 0.01
_LEAST_SLOWDOWN = 1.3
_LEAST_SILENCE_S = 30.0


def with_analysis(diagnosis: Diagnosis, kind: IncidentKind, telemetry: Telemetry, seen: Sequence[Anomaly]) -> Diagnosis:
    """Return the diagnosis with impact and timeline filled in where it has none; causes stay as they are."""
    if diagnosis.verdict is not Verdict.INCIDENT:
        return diagnosis
    onset = diagnosis.onset_unix_nano
    impact = diagnosis.impact or (
        _IMPACT[diagnosis.kind or kind](requests_by_service(telemetry), onset)[:MOST_LINES] if onset else []
    )
    timeline = diagnosis.timeline or _timeline(diagnosis, seen)
    return diagnosis.model_copy(update={"kind": diagnosis.kind or kind, "impact": impact, "timeline": timeline})


def errors(services: Sequence[Requests], onset: int) -> list[str]:
    """Say which share of each service's requests failed before and after the onset (UTC nanoseconds), most first."""
    found = []
    for one, after in _with_both(services, onset):
        now, before = float(one.failed[after].mean()), float(one.failed[~after].mean())
        if now - before >= _LEAST_CHANGE:
            count = int(one.failed[after].sum())
            text = (
                f"{count:,} of {int(after.sum()):,} {one.unit} of {one.service_name} failed after the onset "
                f"({number(100 * now)} %); before it was {number(100 * before)} %."
            )
            found.append((count, text))
    return [text for _, text in sorted(found, reverse=True)]


def latency(services: Sequence[Requests], onset: int) -> list[str]:
    """Say how slow the slowest twentieth of each service's requests became, the largest change first."""
    found = []
    for one, after in _with_both(services, onset):
        if np.isnan(one.millis).all():
            continue
        now, before = (float(np.nanquantile(one.millis[part], 0.95)) for part in (after, ~after))
        if before > 0 and now / before >= _LEAST_SLOWDOWN:
            text = (
                f"The slowest 5 % of requests to {one.service_name} took {number(now)} ms or more after the onset; "
                f"before it was {number(before)} ms."
            )
            found.append((now / before, text))
    return [text for _, text in sorted(found, reverse=True)]


def downtime(services: Sequence[Requests], onset: int) -> list[str]:
    """Say for how long each service was not heard of after the onset, the longest silence first."""
    last = max((int(one.time[-1]) for one in services), default=onset)
    found = []
    for one in services:
        times = np.unique(np.concatenate(([onset], one.time[one.time >= onset], [last])))
        gaps = np.diff(times) / NANOS_PER_SECOND
        usual = np.diff(one.time[one.time < onset]) / NANOS_PER_SECOND
        longest = float(gaps.max(initial=0.0))
        if longest >= max(_LEAST_SILENCE_S, 3.0 * float(usual.max(initial=0.0))):
            began = int(times[int(gaps.argmax())])
            found.append(
                (longest, f"{one.service_name} had no {one.unit} for {number(longest)} s from {clock(began)}.")
            )
    return [text for _, text in sorted(found, reverse=True)]


def everything(services: Sequence[Requests], onset: int) -> list[str]:
    """Say what the onset changed in failures, latency and silence, in this order."""
    return [*errors(services, onset), *latency(services, onset), *downtime(services, onset)]


_IMPACT: dict[IncidentKind, Callable[[Sequence[Requests], int], list[str]]] = {
    IncidentKind.ERROR: lambda services, onset: [*errors(services, onset), *latency(services, onset)],
    IncidentKind.LATENCY: lambda services, onset: [*latency(services, onset), *errors(services, onset)],
    IncidentKind.DOWNTIME: lambda services, onset: [*downtime(services, onset), *errors(services, onset)],
    IncidentKind.METRIC: everything,
}


def _with_both(services: Sequence[Requests], onset: int) -> list[tuple[Requests, npt.NDArray[np.bool_]]]:
    found = []
    for one in services:
        after = one.time >= onset
        if after.sum() >= _LEAST_REQUESTS and (~after).sum() >= _LEAST_REQUESTS:
            found.append((one, after))
    return found


def _timeline(diagnosis: Diagnosis, seen: Sequence[Anomaly]) -> list[TimelineEntry]:
    entries = []
    if diagnosis.onset_unix_nano:
        how = "given" if diagnosis.onset_given else "detected"
        entries.append(TimelineEntry(time_unix_nano=diagnosis.onset_unix_nano, kind="onset", text=f"Onset ({how})"))
    for cause in diagnosis.causes[:1]:
        if cause.first_seen_unix_nano:
            text = f"First sign at the likely cause {cause.service_name}"
            entries.append(
                TimelineEntry(
                    time_unix_nano=cause.first_seen_unix_nano, kind="cause", service_name=cause.service_name, text=text
                )
            )
    first: dict[tuple[str, str], Anomaly] = {}
    for one in sorted(seen, key=lambda one: (one.time_unix_nano, one.anomaly_id)):
        first.setdefault((one.service_name, one.detector), one)
    entries += [
        TimelineEntry(
            time_unix_nano=one.time_unix_nano,
            kind="anomaly",
            service_name=one.service_name,
            text=one.summary if one.detector in NAMES else f"{one.detector}: {one.summary}",
        )
        for one in first.values()
    ]
    return sorted(entries, key=lambda entry: (entry.time_unix_nano, entry.kind, entry.service_name))[:MOST_ENTRIES]
