"""Says what happened in each visit: operations, calls, the last call, errors, and the log lines written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.columns import Flags, Floats, Ints, Texts, find_pairs
from workbench.rca.line_table import LineTable, read_lines
from workbench.rca.once import Remembering
from workbench.rca.repeats import written_twice
from workbench.rca.visits import SpanTable, read_spans

NOTHING = "^"
"""Stands for `called nobody` and `was the first call`."""


@dataclass(frozen=True, slots=True)
class VisitTable(Remembering):
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
    lines: LineTable
    """The log lines that the items come from, and those of no visit."""

    def __len__(self) -> int:
        return len(self.entry)

    def habits(self) -> int:
        """Return how many different pairs of a kind of visit and an item of it there are."""
        kind, item = pd.factorize(self.kind)[0].astype(np.int64), pd.factorize(self.item)[0].astype(np.int64)
        return len(np.unique(kind[self.item_visit] * (int(item.max(initial=0)) + 1) + item))


def read_visits(telemetry: Telemetry, cache: ReferenceCache) -> VisitTable:
    """Return the visits of the telemetry's spans and logs; remembered in `cache`."""
    return cache.get("visits", [telemetry], lambda: make_visits(telemetry.spans, telemetry.logs))


def make_visits(spans: pd.DataFrame, logs: pd.DataFrame) -> VisitTable:
    """Return the visits and their items. `spans` and `logs` have the columns of `semconv.COLUMNS`."""
    return visits_of(table := read_spans(spans), read_lines(logs, table))


def visits_of(table: SpanTable, logs: LineTable) -> VisitTable:
    """Return the visits of spans, with what their lines add."""
    entry = np.flatnonzero(table.entry)
    number = np.full(len(table), -1, dtype=np.int64)
    number[entry] = np.arange(len(entry))
    of_span = number[table.visit] if len(table) else number
    kind: Any = table.service[entry] + "|" + table.operation[entry]
    calls = table.calls()
    callers, callees = of_span[table.parent[calls]], number[calls]
    last, before = _ends(len(entry), callers, kind[callees])
    error = np.flatnonzero(table.error)
    lines, keys, again = _lines(logs, table, of_span)
    item_visit, item = _pairs(
        [
            (of_span, "op:", table.operation),
            (callers, "call:", kind[callees]),
            (np.arange(len(entry)), "end:", last),
            (of_span[error], "error:", table.operation[error]),
            (lines, "log:", keys),
            (lines[again], "twice:", keys[again]),
        ]
    )
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
        item_visit=item_visit,
        item=item,
        lines=logs,
    )


def _pairs(parts: Sequence[tuple[Ints, str, Texts]]) -> tuple[Ints, Texts]:
    """Return the (visit, item) pairs of all parts, each once; an item is a text with the prefix of its part."""
    visits, codes = [], []
    names: list[str] = []
    for visit, prefix, values in parts:
        code, known = pd.factorize(values)
        visits.append(visit)
        codes.append(code + len(names))
        names += [prefix + str(name) for name in known]
    visit, code = np.concatenate(visits).astype(np.int64), np.concatenate(codes).astype(np.int64)
    fresh = ~pd.Series(visit * max(len(names), 1) + code).duplicated().to_numpy()
    return visit[fresh], np.array(names, dtype=object)[code[fresh]]


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


def _lines(logs: LineTable, table: SpanTable, of_span: Ints) -> tuple[Ints, Texts, Flags]:
    """Return (visit, key, written twice in a row) of every log line that can be put into a visit: by its span, else by
    trace and service.
    """
    if not len(logs) or not len(table):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=object), np.zeros(0, dtype=np.bool_)
    same = (logs.span >= 0) & (table.service[np.maximum(logs.span, 0)] == logs.service)
    visit = np.where(same, of_span[np.maximum(logs.span, 0)], -1)
    rest = np.flatnonzero(visit < 0)
    if len(rest):
        visit[rest] = _single_visits(table, of_span, logs.trace[rest], logs.service[rest])
    keep: Flags = visit >= 0
    code, keys = logs.keyed(keep)
    return (
        visit[keep],
        np.array(keys, dtype=object)[code],
        written_twice(visit[keep], code, keys, logs.time[keep], logs.body[keep]),
    )


def _single_visits(table: SpanTable, of_span: Ints, trace: Texts, service: Texts) -> Ints:
    """Return per pair of trace and service the visit, where the service was visited exactly once there; else -1."""
    at = find_pairs(table.trace, table.service, table.trace, table.service)
    # The visits of a pair are all the same when none differs from that of its first span.
    several = np.zeros(len(at), dtype=np.bool_)
    several[at[of_span != of_span[at]]] = True
    first = find_pairs(table.trace, table.service, trace, service)
    found = np.maximum(first, 0)
    return np.where((first >= 0) & ~several[found], of_span[found], -1).astype(np.int64)
