"""Turns spans into visits: the connected spans of one service below the span where a request enters it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.rca.databases import without_database_spans
from workbench.semconv import STATUS_ERROR

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

_DEPTH = 64
"""Longest chain of spans inside one visit that is followed."""
MS = 1e6
_KINDS = {f"SPAN_KIND_{kind}": kind for kind in ("CLIENT", "PRODUCER", "SERVER", "CONSUMER")}


@dataclass(frozen=True, slots=True)
class SpanTable:
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

    def __len__(self) -> int:
        return len(self.start)

    def calls(self) -> Ints:
        """Return the entry spans that have a caller, in the order of time."""
        return np.flatnonzero(self.entry & (self.parent >= 0))

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
        calls = self.unanswered()
        return calls[~np.isin(self.peer[calls].astype(str), np.unique(self.service.astype(str)))]


def texts(frame: pd.DataFrame, column: str) -> Texts:
    """Return a column as an array of Python strings; what is missing is ''."""
    column_values = frame[column]
    return column_values.where(column_values.notna(), "").to_numpy(dtype=object)


def read_spans(spans: pd.DataFrame) -> SpanTable:
    """Return the spans with parents, visits and exclusive times. A (trace, span) pair that occurs twice counts once.

    Rows are sorted by time and then by identifiers, so the order of the rows given changes nothing.
    """
    frame = without_database_spans(spans).sort_values(["start_time_unix_nano", "trace_id", "span_id"], kind="stable")
    frame = frame.drop_duplicates(["trace_id", "span_id"])
    n = len(frame)
    service, start = texts(frame, "service_name"), frame["start_time_unix_nano"].to_numpy(dtype=np.int64)
    end = frame["end_time_unix_nano"].to_numpy(dtype=np.int64)
    duration = np.maximum(end - start, 0) / MS
    parent = _parents(frame)
    codes = pd.factorize(service)[0]
    entry = (parent < 0) | (codes[np.maximum(parent, 0)] != codes) if n else np.zeros(0, dtype=np.bool_)
    below = np.zeros(n)
    kind = np.array(
        [_KINDS.get(str(text).upper(), str(text).upper()) for text in texts(frame, "span_kind")], dtype=object
    )
    # Nobody waits for those who take a message from a queue.
    has = (parent >= 0) & (kind != "CONSUMER")
    np.add.at(below, parent[has], duration[has])
    return SpanTable(
        trace=texts(frame, "trace_id"),
        span_id=texts(frame, "span_id"),
        service=service,
        operation=texts(frame, "span_name"),
        kind=kind,
        peer=texts(frame, "peer_service_name"),
        start=start,
        end=end,
        duration_ms=duration,
        parent=parent,
        entry=np.asarray(entry, dtype=np.bool_),
        visit=_roots(parent, np.asarray(entry, dtype=np.bool_)),
        error=np.array([str(code).upper().endswith(STATUS_ERROR) for code in frame["status_code"]], dtype=np.bool_),
        exclusive_ms=np.clip(duration - below, 0, None),
        client=np.isin(kind.astype(str), ("CLIENT", "PRODUCER")),
        message=texts(frame, "status_message"),
    )


def _parents(frame: pd.DataFrame) -> Ints:
    span_id: Any = texts(frame, "span_id")
    wanted: Any = texts(frame, "parent_span_id")
    own = pd.Index(span_id)
    if not own.is_unique:
        # Some tracers count spans per trace, so only the pair is unique.
        trace: Any = texts(frame, "trace_id")
        own, wanted = pd.Index(trace + "\x00" + span_id), trace + "\x00" + wanted
    found = own.get_indexer(pd.Index(wanted)).astype(np.int64)
    # A span that names itself as its parent would be a circle.
    return np.where(found == np.arange(len(frame)), -1, found)


def _roots(parent: Ints, entry: Flags) -> Ints:
    root = np.where(entry, np.arange(len(parent)), parent)
    for _ in range(_DEPTH):
        further = root[root]
        if np.array_equal(further, root):
            break
        root = further
    return root
