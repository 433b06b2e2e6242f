"""Puts everything that has a date into one order: the diagnosis's entries, changes, anomalies, the onset."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.facts.diagnosis import Diagnosis, TimelineEntry, Verdict
from workbench.facts.incident import Anomaly
from workbench.facts.telemetry import Telemetry
from workbench.report.content import Mark
from workbench.report.window import Window

MOST_ANOMALIES = 8
MOST_CHANGES = 12
_CHANGE = re.compile(r"deploy|release|roll|config|flag|scal|restart|migrat|upgrad|version|change|patch|maintenance")
"""Names of events that somebody caused on purpose; detectors write events too, and those are no change."""


def make_timeline(
    diagnosis: Diagnosis, telemetry: Telemetry, anomalies: Sequence[Anomaly], window: Window | None
) -> list[TimelineEntry]:
    """Return the dated entries, oldest first; what the diagnosis says already is not said twice."""
    entries = list(diagnosis.timeline)
    kinds = {entry.kind for entry in entries}
    onset = diagnosis.onset_unix_nano
    if onset is not None and "onset" not in kinds and diagnosis.verdict is Verdict.INCIDENT:
        how = "given by the user" if diagnosis.onset_given else "detected"
        first = diagnosis.causes[0].service_name if diagnosis.causes else ""
        entries.append(TimelineEntry(time_unix_nano=onset, kind="onset", service_name=first, text=f"Onset ({how})."))
    if window is not None:
        entries += [entry for entry in _events(telemetry, window) if not _is_said(entry, entries)]
    if "anomaly" not in kinds:
        strongest = sorted(anomalies, key=lambda one: (-one.score, one.time_unix_nano))[:MOST_ANOMALIES]
        entries += [
            TimelineEntry(
                time_unix_nano=one.time_unix_nano, kind="anomaly", service_name=one.service_name, text=one.summary
            )
            for one in strongest
        ]
    return sorted(entries, key=lambda entry: (entry.time_unix_nano, entry.kind, entry.service_name, entry.text))


def _is_said(entry: TimelineEntry, others: Sequence[TimelineEntry]) -> bool:
    """Tell whether another entry of the same moment says the same, in its own words before it or not."""
    return any(
        (entry.time_unix_nano, entry.service_name) == (other.time_unix_nano, other.service_name)
        and other.text.endswith(entry.text)
        for other in others
    )


def make_marks(timeline: Sequence[TimelineEntry], onset: int | None) -> list[Mark]:
    """Return the moments that charts mark: changes and the onset."""
    marks = [
        Mark(time_unix_nano=entry.time_unix_nano, kind="change", service_name=entry.service_name, label=entry.text)
        for entry in timeline
        if entry.kind == "change"
    ][:MOST_CHANGES]
    if onset is not None:
        marks.append(Mark(time_unix_nano=onset, kind="onset", label="Onset"))
    return sorted(marks, key=lambda mark: (mark.time_unix_nano, mark.kind))


def _events(telemetry: Telemetry, window: Window) -> list[TimelineEntry]:
    events = telemetry.events
    inside = events[(events["time_unix_nano"] >= window.start) & (events["time_unix_nano"] < window.end)]
    columns = ("time_unix_nano", "event_name", "service_name", "summary")
    rows = zip(*(inside.sort_values("time_unix_nano")[name].tolist() for name in columns), strict=True)
    return [
        TimelineEntry(
            time_unix_nano=int(time),
            kind="change" if _CHANGE.search(str(name).lower()) else "event",
            service_name=str(service),
            text=str(summary) or str(name),
        )
        for time, name, service, summary in rows
    ]
