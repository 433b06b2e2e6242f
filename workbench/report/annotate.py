"""Puts what people noted into the timeline and the charts of a report, where their note names a moment."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.correlation import IncidentNote
from workbench.facts.diagnosis import TimelineEntry
from workbench.report.content import Mark, ReportContent


def annotated(content: ReportContent, notes: Sequence[IncidentNote]) -> ReportContent:
    """Return the report with an entry and a mark of kind `note` for each note that names a moment."""
    dated = [(one.happened_unix_nano, one.note) for one in notes if one.happened_unix_nano is not None]
    if not dated:
        return content
    entries = [TimelineEntry(time_unix_nano=moment, kind="note", text=text) for moment, text in dated]
    marks = [Mark(time_unix_nano=moment, kind="note", label=text) for moment, text in dated]
    return content.model_copy(
        update={
            "timeline": sorted([*content.timeline, *entries], key=lambda one: one.time_unix_nano),
            "marks": sorted([*content.marks, *marks], key=lambda one: (one.time_unix_nano, one.kind)),
        }
    )
