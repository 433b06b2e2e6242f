"""Says what happened in each visit: operations, calls, the last call, errors, and the log lines written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.visits import Flags, Floats, Ints, SpanTable, Texts, read_spans, texts
from workbench.semconv import SEVERITY
from workbench.signals.logkey import log_key

NOTHING = "^"
"""Stands for `called nobody` and `was the first call`."""


@dataclass(frozen=True, slots=True)
class VisitTable:
    """The visits of one telemetry. Arrays of length v are per visit; `item_visit` and `item` are the items, in
    pairs.
    """

    spans: SpanTable
    entry: Ints
    """(v,) position of the entry span."""
    kind: Texts
    """(v,) `service|operation of the entry`: what sort of visit it is."""
    service: Texts
    trace: Texts
    start: Ints
    end: Ints
    own_ms: Floats
    """(v,) duration of the entry span without the time spent in calls to other services."""
    caller: Ints
    """(v,) the visit that called this one, or -1."""
    before_last: Texts
    """(v,) the call before the last one."""
    item_visit: npt.NDArray[np.int64]
    item: Texts

    def __len__(self) -> int:
        return len(self.entry)


def read_visits(telemetry: Telemetry, cache: ReferenceCache) -> VisitTable:
    """Return the visits of the telemetry's spans and logs; remembered in `cache`."""
    return cache.get("visits", [telemetry], lambda: make_visits(telemetry.spans, telemetry.logs))


def make_visits(spans: pd.DataFrame, logs: pd.DataFrame) -> VisitTable:
    """Return the visits and their items. `spans` and `logs` have the columns of `semconv.COLUMNS`."""
    table = read_spans(spans)
    entry = np.flatnonzero(table.entry)
    number = np.full(len(table), -1, dtype=np.int64)
    number[entry] = np.arange(len(entry))
    of_span = number[table.visit] if len(table) else number
    kind: Any = table.service[entry] + "|" + table.operation[entry]
    calls = table.calls()
    callers, callees = of_span[table.parent[calls]], number[calls]
    last, before = _ends(len(entry), callers, kind[callees])
    error = np.flatnonzero(table.error)
    lines, keys = _lines(logs, table, of_span)
    parts: list[tuple[Any, Any]] = [
        (of_span, "op:" + table.operation),
        (callers, "call:" + kind[callees]),
        (np.arange(len(entry)), "end:" + last),
        (of_span[error], "error:" + table.operation[error]),
        (lines, "log:" + keys),
    ]
    pairs = pd.DataFrame(
        {"visit": np.concatenate([a for a, _ in parts]), "item": np.concatenate([b for _, b in parts])}
    ).drop_duplicates()
    caller = np.full(len(entry), -1, dtype=np.int64)
    caller[callees] = callers
    return VisitTable(
        spans=table,
        entry=entry,
        kind=kind,
        service=table.service[entry],
        trace=table.trace[entry],
        start=table.start[entry],
        end=table.end[entry],
        own_ms=_own_ms(table, entry, of_span, calls),
        caller=caller,
        before_last=before,
        item_visit=pairs["visit"].to_numpy(dtype=np.int64),
        item=texts(pairs, "item"),
    )


def _own_ms(table: SpanTable, entry: Ints, of_span: Ints, calls: Ints) -> Floats:
    """Return the own time per visit: the spans that call other services (or the calls themselves) are left out."""
    above = table.parent[calls]
    direct = table.entry[above]
    outer = np.unique(above[~direct])
    away = np.zeros(len(entry))
    np.add.at(away, of_span[outer], table.duration_ms[outer])
    np.add.at(away, of_span[above[direct]], table.duration_ms[calls[direct]])
    own: Floats = np.clip(table.duration_ms[entry] - away, 0.0, None)
    return own


def _ends(visits: int, callers: Ints, callees: Texts) -> tuple[Texts, Texts]:
    """Return the last callee of each visit and the callee before it; a repeated callee counts once."""
    last = np.full(visits, NOTHING, dtype=object)
    before = np.full(visits, NOTHING, dtype=object)
    for caller, callee in zip(callers.tolist(), callees, strict=True):
        if last[caller] != callee:
            before[caller] = last[caller]
            last[caller] = callee
    return last, before


def _lines(logs: pd.DataFrame, table: SpanTable, of_span: Ints) -> tuple[Ints, Texts]:
    """Return (visit, key) of every log line that can be put into a visit: by its span, else by trace and service."""
    if not len(logs) or not len(table):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=object)
    trace: Any = texts(logs, "trace_id")
    service: Any = texts(logs, "service_name")
    traced = trace != ""
    trace, service, logs = trace[traced], service[traced], logs[traced]
    spans = pd.Index(table.trace + "\x00" + table.span_id)
    at = spans.get_indexer(pd.Index(trace + "\x00" + texts(logs, "span_id")))
    same = (at >= 0) & (table.service[np.maximum(at, 0)] == service)
    visit = np.where(same, of_span[np.maximum(at, 0)], -1)
    single = _single_visits(table, of_span)
    rest = np.flatnonzero(visit < 0)
    visit[rest] = single.reindex(trace[rest] + "\x00" + service[rest]).fillna(-1).to_numpy(dtype=np.int64)
    keep: Flags = visit >= 0
    bodies, severities = texts(logs, "body")[keep], texts(logs, "severity_text")[keep]
    keys = [line_key(str(body), str(severity)) for body, severity in zip(bodies, severities, strict=True)]
    return visit[keep], np.array(keys, dtype=object)


def line_key(body: str, severity: str) -> str:
    """Return level and code location (or masked words) of a line; the level comes from the line if it has one."""
    key = log_key(body)
    return key if not severity or key.split(" ", 1)[0] in SEVERITY else f"{severity.upper()} {key}"


def _single_visits(table: SpanTable, of_span: Ints) -> pd.Series[Any]:
    """Return visit by `trace NUL service`, where a service was visited exactly once in a trace."""
    frame = pd.DataFrame({"key": table.trace + "\x00" + table.service, "visit": of_span})
    counts = frame.groupby("key")["visit"].agg(["nunique", "first"])
    found: pd.Series[Any] = counts.loc[counts["nunique"] == 1, "first"]
    return found
