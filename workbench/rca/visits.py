"""Turns spans into visits: the connected spans of one service below the span where a request enters it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.rca.columns import Flags, Floats, Ints, Texts, find_pairs, flags, texts
from workbench.rca.databases import database_spans
from workbench.rca.once import Remembering
from workbench.semconv import STATUS_ERROR

_DEPTH = 64
"""Longest chain of spans inside one visit that is followed."""
MS = 1e6
_KINDS = {f"SPAN_KIND_{kind}": kind for kind in ("CLIENT", "PRODUCER", "SERVER", "CONSUMER")}


@dataclass(frozen=True, slots=True)
class SpanTable(Remembering):
    """Spans in the order of time, one array per column; `parent` and `visit` are positions in the same arrays."""

    trace: Texts
    span_id: Texts
    service: Texts
    operation: Texts
    kind: Texts
    peer: Texts
    start: Ints
    end: Ints
    duration_ms: Floats
    parent: Ints
    """-1 when the parent is missing."""
    entry: Flags
    """True where the parent is missing or belongs to another service."""
    visit: Ints
    """Position of the entry span of the span's visit."""
    error: Flags
    exclusive_ms: Floats
    """Duration without that of the children, at least 0."""
    client: Flags
    """True for spans of kind CLIENT or PRODUCER."""
    message: Texts
    """Message of the status, '' for most."""
    attributes: Texts
    """Attributes of client spans as JSON text, '' for all others."""
    row: Ints
    """Position of each span in the frame that it was read from."""
    unique: bool
    """Whether no two rows had the same `span_id`."""

    def __len__(self) -> int:
        return len(self.start)

    def calls(self) -> Ints:
        """Return the entry spans that have a caller, in the order of time."""
        return self.once("calls", lambda: np.flatnonzero(self.entry & (self.parent >= 0)))

    @property
    def later(self) -> Flags:
        """True where a message was taken from a queue: whoever sent it did not wait."""
        return np.asarray(self.kind == "CONSUMER", dtype=np.bool_)

    def unanswered(self) -> Ints:
        """Return the client spans that name a callee and have no child: nobody wrote a span on the other side."""
        parents = np.zeros(len(self), dtype=np.bool_)
        parents[self.parent[(self.parent >= 0) & ~self.later]] = True
        return np.flatnonzero(self.client & (self.peer != "") & ~parents)

    def blind_calls(self) -> Ints:
        """Return the unanswered client spans whose callee never writes spans, such as a database."""
        return self.once("blind_calls", self._blind_calls)

    def _blind_calls(self) -> Ints:
        calls, writers = self.unanswered(), set(pd.unique(self.service))
        return calls[~flags(self.peer[calls], lambda name: name in writers)]


def middle_of(values: Floats | Ints) -> float:
    """Return the median of a row of finite numbers, at least one; for short rows many times faster than numpy's."""
    return middle_of_sorted(np.sort(values))


def middle_of_sorted(ordered: npt.NDArray[Any]) -> float:
    """Return the median of an ascending row."""
    size = len(ordered)
    return float((ordered[(size - 1) // 2] + ordered[size // 2]) / 2)


def quantile_of(values: Floats, share: float) -> float:
    """Return what numpy's quantile of a row of finite numbers is, at least one; for short rows many times faster."""
    return quantile_of_sorted(np.sort(values), share)


def quantile_of_sorted(ordered: Floats, share: float) -> float:
    """Return what numpy's quantile of an ascending row is."""
    place = (len(ordered) - 1) * share
    low = int(place)
    after = place - low
    below, above = float(ordered[low]), float(ordered[min(low + 1, len(ordered) - 1)])
    step = above - below
    return above - step * (1 - after) if after >= 0.5 else below + step * after


def order_of(spans: pd.DataFrame, rows: Ints) -> Ints:
    """Return these rows (positions) sorted by start, trace and span. Few begin at the same time, so only those compare
    texts.
    """
    start = spans["start_time_unix_nano"].to_numpy(dtype=np.int64)[rows]
    order = np.argsort(start, kind="stable")
    ordered = start[order]
    same = np.zeros(len(order), dtype=np.bool_)
    same[1:] = ordered[1:] == ordered[:-1]
    same[:-1] |= same[1:]
    found = rows[order]
    tied = found[same]
    if len(tied):
        ties = spans.iloc[tied][["start_time_unix_nano", "trace_id", "span_id"]].reset_index(drop=True)
        found[same] = tied[ties.sort_values(list(ties.columns), kind="stable").index.to_numpy()]
    return found


def read_spans(spans: pd.DataFrame) -> SpanTable:
    """Return the spans with parents, visits and exclusive times. A (trace, span) pair that occurs twice counts once.

    Rows are sorted by time and then by identifiers, so the order of the rows given changes nothing.
    """
    row = order_of(spans, np.flatnonzero(~database_spans(spans)))
    trace, span_id = texts(spans, "trace_id")[row], texts(spans, "span_id")[row]
    unique = pd.Index(span_id, dtype=object).is_unique
    if not unique:
        first = ~pd.DataFrame({"trace": trace, "span": span_id}).duplicated().to_numpy()
        row, trace, span_id = row[first], trace[first], span_id[first]
    start, end = (spans[name].to_numpy(dtype=np.int64)[row] for name in ("start_time_unix_nano", "end_time_unix_nano"))
    codes, kinds = pd.factorize(texts(spans, "span_kind")[row])
    kind = np.array([_KINDS.get(str(text).upper(), str(text).upper()) for text in kinds], dtype=object)[codes]
    client = flags(kind, lambda name: name in ("CLIENT", "PRODUCER"))
    attributes = np.full(len(row), "", dtype=object)
    if "attributes" in spans:
        attributes[client] = texts(spans, "attributes")[row[client]]
    return linked(
        SpanTable(
            trace=trace,
            span_id=span_id,
            service=texts(spans, "service_name")[row],
            operation=texts(spans, "span_name")[row],
            kind=kind,
            peer=texts(spans, "peer_service_name")[row],
            start=start,
            end=end,
            duration_ms=np.maximum(end - start, 0) / MS,
            parent=_parents(trace, span_id, texts(spans, "parent_span_id")[row]),
            entry=np.zeros(len(row), dtype=np.bool_),
            visit=np.zeros(len(row), dtype=np.int64),
            error=flags(texts(spans, "status_code")[row], lambda code: code.upper().endswith(STATUS_ERROR)),
            exclusive_ms=np.zeros(len(row)),
            client=client,
            message=texts(spans, "status_message")[row],
            attributes=attributes,
            row=row,
            unique=unique,
        )
    )


def linked(table: SpanTable) -> SpanTable:
    """Return the spans with what follows from their parents: entries, visits and exclusive times."""
    parent, n = table.parent, len(table)
    codes = pd.factorize(table.service)[0]
    entry = (parent < 0) | (codes[np.maximum(parent, 0)] != codes) if n else np.zeros(0, dtype=np.bool_)
    below = np.zeros(n)
    # Nobody waits for those who take a message from a queue.
    has = (parent >= 0) & (table.kind != "CONSUMER")
    np.add.at(below, parent[has], table.duration_ms[has])
    return replace(
        table,
        entry=np.asarray(entry, dtype=np.bool_),
        visit=_roots(parent, np.asarray(entry, dtype=np.bool_)),
        exclusive_ms=np.clip(table.duration_ms - below, 0, None),
    )


def _parents(trace: Texts, span_id: Texts, wanted: Texts) -> Ints:
    own = pd.Index(span_id, dtype=object)
    if own.is_unique:
        found = own.get_indexer(pd.Index(wanted, dtype=object)).astype(np.int64)
    else:
        # Some tracers count spans per trace, so only the pair is unique.
        found = find_pairs(trace, span_id, trace, wanted)
    # A span that names itself as its parent would be a circle.
    return np.where(found == np.arange(len(span_id)), -1, found)


def _roots(parent: Ints, entry: Flags) -> Ints:
    root = np.where(entry, np.arange(len(parent)), parent)
    for _ in range(_DEPTH):
        further = root[root]
        if np.array_equal(further, root):
            break
        root = further
    return root
