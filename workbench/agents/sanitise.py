"""Checks the rows of an investigation before anybody reasons about them: how many, how usable, what is personal."""

from __future__ import annotations

from collections import Counter

from workbench.facts.telemetry import Telemetry
from workbench.guard.pii import find
from workbench.semconv import TIME_COLUMN, Table

SAMPLE = 1000
"""So many log lines are searched for personal data."""


def check_rows(telemetry: Telemetry) -> str:
    """Return one line: the rows by table, what is wrong with some, and the personal data in a sample of the logs."""
    counts = {table: len(telemetry.frame(table)) for table in Table}
    parts = [", ".join(f"{count:,} {table.value}" for table, count in counts.items() if count) or "no rows"]
    if telemetry.spans_in_all:
        parts[0] += f" ({telemetry.spans_in_all:,} spans in all; whole traces were chosen by their ids)"
    undated = sum(
        int((telemetry.frame(table)[column] <= 0).sum())
        for table, column in TIME_COLUMN.items()
        if column and counts[table]
    )
    spans = telemetry.spans
    backwards = int((spans["end_time_unix_nano"] < spans["start_time_unix_nano"]).sum()) if len(spans) else 0
    nameless = sum(
        int((telemetry.frame(table)["service_name"] == "").sum())
        for table in (Table.LOGS, Table.SPANS, Table.METRICS)
        if counts[table]
    )
    parts += [f"{undated:,} without a time"] * bool(undated)
    parts += [f"{backwards:,} spans end before they start"] * bool(backwards)
    parts += [f"{nameless:,} without a service"] * bool(nameless)
    kinds = _personal(telemetry)
    if kinds:
        parts.append(
            "personal data in the logs, masked wherever shown: "
            + ", ".join(f"{kind} ({count})" for kind, count in sorted(kinds.items()))
        )
    return "; ".join(parts)


def _personal(telemetry: Telemetry) -> Counter[str]:
    logs = telemetry.logs
    # Every n-th line, so that the whole time is looked at.
    step = max(1, len(logs) // SAMPLE)
    return Counter(str(span.type) for body in logs["body"].iloc[::step].tolist() for span in find(str(body)))
