"""Gives the visits of the first part of a case from those of the whole: what was read once is not read again.

The spans of a part, those that began before a time, are the first rows of the table of all of them. Only what refers
to later rows is made anew: parents, visits, times without children, and what happens in each visit.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from workbench.facts.telemetry import Telemetry
from workbench.rca.columns import Ints
from workbench.rca.databases import database_spans
from workbench.rca.items import VisitTable, visits_of
from workbench.rca.line_table import LineTable
from workbench.rca.visits import SpanTable, linked

_PER_SPAN_EXCEPT = ("held", "unique")


def visits_until(whole: VisitTable, telemetry: Telemetry, part: Telemetry, end: int) -> VisitTable | None:
    """Return what reading the spans and lines of `part` would give, or None when that is not the beginning of the
    whole: `whole` are the visits of `telemetry`, `part` its rows before `end` (ns) in the same order.
    """
    spans = _spans_until(whole.spans, telemetry, part, end)
    return visits_of(spans, _lines_until(whole.lines, telemetry, len(spans), end)) if spans is not None else None


def _spans_until(whole: SpanTable, telemetry: Telemetry, part: Telemetry, end: int) -> SpanTable | None:
    kept = np.flatnonzero(telemetry.spans["start_time_unix_nano"].to_numpy(dtype=np.int64) < end)
    count = int(np.searchsorted(whole.start, end))
    rows = whole.row[:count]
    own = np.flatnonzero(~database_spans(part.spans))
    # A span of a database whose child began later is left out of one and not of the other.
    if not whole.unique or len(kept) != len(part.spans) or not np.array_equal(np.sort(rows), kept[own]):
        return None
    columns = {one.name: getattr(whole, one.name)[:count] for one in fields(whole) if one.name not in _PER_SPAN_EXCEPT}
    columns["parent"] = np.where(columns["parent"] < count, columns["parent"], -1)
    columns["row"] = _new_places(kept, rows)
    return linked(replace(whole, **columns))


def _lines_until(whole: LineTable, telemetry: Telemetry, spans: int, end: int) -> LineTable:
    kept = np.flatnonzero(telemetry.logs["time_unix_nano"].to_numpy(dtype=np.int64) < end)
    which = np.flatnonzero(whole.time < end) if spans else np.zeros(0, dtype=np.int64)
    span = whole.span[which]
    return LineTable(
        row=_new_places(kept, whole.row[which]),
        trace=whole.trace[which],
        service=whole.service[which],
        span=np.where(span < spans, span, -1),
        severity=whole.severity[which],
        body=whole.body[which],
        time=whole.time[which],
        code=whole.code[which],
        keys=whole.keys,
    )


def _new_places(kept: Ints, rows: Ints) -> Ints:
    """Return where these rows are among the kept ones, which are ascending."""
    return np.searchsorted(kept, rows).astype(np.int64)
