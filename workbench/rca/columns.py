"""Columns of telemetry as arrays: texts, tests of them, and rows found by two texts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]


def texts(frame: pd.DataFrame, column: str) -> Texts:
    """Return a column as an array of Python strings; what is missing is ''."""
    column_values = frame[column]
    missing = column_values.isna().to_numpy()
    if missing.any():
        column_values = column_values.where(~missing, "")
    return column_values.to_numpy(dtype=object)


def flags(values: Texts, test: Callable[[str], bool]) -> Flags:
    """Return which of the texts pass a test; each different text is tested once."""
    codes, names = pd.factorize(values)
    passed = np.array([test(str(name)) for name in names], dtype=np.bool_)
    found: Flags = passed[codes] if len(codes) else np.zeros(0, dtype=np.bool_)
    return found


def find_pairs(trace: Texts, span_id: Texts, wanted_trace: Texts, wanted: Texts) -> Ints:
    """Return, per wanted pair of trace and span, the position of its first row in `trace` and `span_id`, or -1."""
    ids = pd.Index(span_id, dtype=object)
    if ids.is_unique:
        # One of the two texts tells them all apart, as span ids mostly do: then the other is only compared.
        at = ids.get_indexer(pd.Index(wanted, dtype=object)).astype(np.int64)
        hit = np.flatnonzero(at >= 0)
        at[hit[trace[at[hit]] != wanted_trace[hit]]] = -1
        return at
    size = len(trace)
    traces, spans = (pd.factorize(np.concatenate(both))[0] for both in ((trace, wanted_trace), (span_id, wanted)))
    pair = traces.astype(np.int64) * (int(spans.max(initial=0)) + 1) + spans
    own = pd.Index(pair[:size])
    if own.is_unique:
        place: Ints = own.get_indexer(pd.Index(pair[size:])).astype(np.int64)
        return place
    first = np.flatnonzero(~own.duplicated())
    found = pd.Index(pair[first]).get_indexer(pd.Index(pair[size:]))
    return np.where(found >= 0, first[found], -1).astype(np.int64)
