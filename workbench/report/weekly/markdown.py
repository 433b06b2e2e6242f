"""Writes a weekly report as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workbench.report.words import fault_words, plural
from workbench.semconv import NANOS_PER_SECOND

if TYPE_CHECKING:
    from workbench.report.weekly.content import Week, Weekly


def to_markdown(one: Weekly) -> str:
    """Return the report."""
    lines = [f"# {one.title}", "", lead(one), ""]
    head = ("Week of", "Incidents", "Severe", "Explained", "Recurrences", "Hours in hand (median)")
    lines += _table(head, [_row(week) for week in one.weeks])
    if one.trends:
        lines += ["", "## Trends", ""]
        rows = [(t.what, str(t.last), f"{t.before:g}", f"{t.chance:.2f}", t.words) for t in one.trends]
        lines += _table(("What", "This week", "Mean before", "By chance", "So"), rows)
    if one.services:
        lines += ["", "## Where it broke first", ""]
        lines += [f"- {service}: {plural(count, 'incident')}" for service, count in one.services.items()]
    if one.repeated:
        lines += ["", "## What came back", ""]
        lines += [
            f"- {back.service_name}, {fault_words(back.fault_type) or 'cause not typed'}: {back.count} times "
            f"({', '.join(back.incident_ids)})"
            for back in one.repeated
        ]
    if one.open_incidents:
        lines += ["", "## Still open", "", *(f"- {title}" for title in one.open_incidents)]
    return "\n".join(lines) + "\n"


def lead(one: Weekly) -> str:
    """Return the sentence that says most."""
    last = one.weeks[-1]
    if not last.incidents:
        return "No incident began in this week."
    first = next((trend for trend in one.trends if trend.what == "incidents"), None)
    said = f"; {first.words} (mean before: {first.before:g})" if first else ""
    return f"{plural(last.incidents, 'incident')} began in this week{said}. The cause was found in {last.explained}."


def _row(week: Week) -> tuple[str, ...]:
    day = datetime.fromtimestamp(week.start_unix_nano / NANOS_PER_SECOND, UTC)
    kinds = ", ".join(f"{kind} {count}" for kind, count in week.by_kind.items())
    hours = "–" if week.hours_in_hand is None else f"{week.hours_in_hand:g}"
    counted = f"{week.incidents}" + (f" ({kinds})" if kinds else "")
    return f"{day:%Y-%m-%d}", counted, str(week.severe), str(week.explained), str(week.recurrences), hours


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(line[place]) for line in [head, *rows]) for place in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
             for line in [head, *rows]]  # fmt: skip
    return [lines[0], "| " + " | ".join("-" * width for width in widths) + " |", *lines[1:]]
