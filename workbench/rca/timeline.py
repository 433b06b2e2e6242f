"""Puts what happened around the onset into the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from workbench.facts.diagnosis import Cause, TimelineEntry
from workbench.rca.changes import Changed
from workbench.rca.columns import texts
from workbench.rca.windows import seconds
from workbench.semconv import NANOS_PER_SECOND, SEVERITY_ERROR

MOST_SERVICES = 5
MOST_BODY = 160
EARLY_S = 60


def timeline_of(
    logs: pd.DataFrame,
    onset_unix_nano: int | None,
    causes: Sequence[Cause],
    changes: Sequence[Changed],
    ended_unix_nano: int | None = None,
) -> list[TimelineEntry]:
    """Return onset, end, changes, first error lines per service, first signs of the causes, in the order of time."""
    if onset_unix_nano is None:
        return []
    entries = [TimelineEntry(time_unix_nano=onset_unix_nano, kind="onset", text="The incident begins.")]
    entries += [
        TimelineEntry(
            time_unix_nano=change.time_unix_nano, kind="change", service_name=change.service, text=change.sentence()
        )
        for change in changes
    ]
    if ended_unix_nano is not None:
        text = "The incident is over: the indicators are back at their level."
        entries.append(TimelineEntry(time_unix_nano=ended_unix_nano, kind="recovery", text=text))
    entries += _first_errors(logs, onset_unix_nano)
    entries += [
        TimelineEntry(
            time_unix_nano=evidence.observed_unix_nano,
            kind="cause" if cause.rank == 1 else "anomaly",
            service_name=cause.service_name,
            text=evidence.summary,
        )
        for cause in causes[:MOST_SERVICES]
        for evidence in cause.evidence[:1]
        if evidence.observed_unix_nano is not None
    ]
    return sorted(entries, key=lambda entry: (entry.time_unix_nano, entry.kind, entry.service_name))


def ended_sentence(ended_unix_nano: int | None) -> str:
    """Say when it ended; '' when it did not."""
    if ended_unix_nano is None:
        return ""
    return f" It ended at {datetime.fromtimestamp(ended_unix_nano / NANOS_PER_SECOND, UTC):%H:%M:%S} UTC."


def _first_errors(logs: pd.DataFrame, onset: int) -> list[TimelineEntry]:
    late = logs[(logs["severity_number"] >= SEVERITY_ERROR) & (logs["time_unix_nano"] >= onset - seconds(EARLY_S))]
    late = late.sort_values(["time_unix_nano", "service_name", "body"], kind="stable")
    first = late.drop_duplicates("service_name").head(MOST_SERVICES)
    return [
        TimelineEntry(
            time_unix_nano=int(time), kind="first_error", service_name=str(service), text=str(body)[:MOST_BODY]
        )
        for time, service, body in zip(
            first["time_unix_nano"], texts(first, "service_name"), texts(first, "body"), strict=True
        )
    ]
