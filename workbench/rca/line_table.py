"""Reads the log lines that name a trace, with the place in the code that wrote each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags, Ints, Texts, find_pairs, texts
from workbench.rca.line_keys import line_keys
from workbench.rca.visits import SpanTable


@dataclass(slots=True)
class LineTable:
    """Log lines with a trace, one array per column."""

    row: Ints
    """Position of each line in the frame that it was read from."""
    trace: Texts
    service: Texts
    span: Ints
    """Position of its span, or -1."""
    severity: Texts
    body: Texts
    time: Ints
    code: Ints
    """Place of its key in `keys`; -1 where nobody asked for it yet."""
    keys: list[str]

    def __len__(self) -> int:
        return len(self.row)

    def keyed(self, which: Flags) -> tuple[Ints, list[str]]:
        """Return the number of the key of each of these lines, and the keys; what is computed once is kept."""
        fresh = np.flatnonzero(which & (self.code < 0))
        if len(fresh):
            code, keys = line_keys(self.body[fresh], self.severity[fresh])
            place = {key: number for number, key in enumerate(self.keys)}
            known = np.array([place.setdefault(key, len(place)) for key in keys], dtype=np.int64)
            self.code[fresh], self.keys = known[code], list(place)
        return self.code[which], self.keys


def read_lines(logs: pd.DataFrame, table: SpanTable) -> LineTable:
    """Return the lines of these spans' traces; `logs` have the columns of `semconv.COLUMNS`."""
    traces = texts(logs, "trace_id")
    row = np.flatnonzero(traces != "") if len(table) else np.zeros(0, dtype=np.int64)
    trace, span_id = traces[row], texts(logs, "span_id")[row]
    return LineTable(
        row=row,
        trace=trace,
        service=texts(logs, "service_name")[row],
        span=find_pairs(table.trace, table.span_id, trace, span_id) if len(row) else np.zeros(0, dtype=np.int64),
        severity=texts(logs, "severity_text")[row],
        body=texts(logs, "body")[row],
        time=logs["time_unix_nano"].to_numpy(dtype=np.int64)[row],
        code=np.full(len(row), -1, dtype=np.int64),
        keys=[],
    )
