"""Collects rows while the shop runs and makes the frames of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry, empty_frame
from workbench.semconv import COLUMNS, ORIGIN, TIME_COLUMN, Table

Row = tuple[Any, ...]
"""Values of one row in the order of `semconv.COLUMNS`, without the columns of the origin."""


class Recorder:
    """Rows of each table in the order in which they came."""

    def __init__(self) -> None:
        self.rows: dict[Table, list[Row]] = {table: [] for table in Table}
        self.log = self.rows[Table.LOGS].append
        self.span = self.rows[Table.SPANS].append
        self.metric = self.rows[Table.METRICS].append
        self.event = self.rows[Table.EVENTS].append

    def telemetry(self) -> Telemetry:
        """Return the frames: rows by time, edges from the calls that were seen."""
        columns = [name for name in COLUMNS[Table.SPANS] if name not in ORIGIN]
        caller, callee = columns.index("service_name"), columns.index("peer_service_name")
        self.rows[Table.EDGES] = sorted({(row[caller], row[callee]) for row in self.rows[Table.SPANS] if row[callee]})
        frames: dict[str, Any] = {table.value: _frame(table, self.rows[table]) for table in Table}
        return Telemetry(**frames)


def _frame(table: Table, rows: list[Row]) -> pd.DataFrame:
    if not rows:
        return empty_frame(table)
    names = [name for name in COLUMNS[table] if name not in ORIGIN]
    time_column = TIME_COLUMN[table]
    if time_column:
        place = names.index(time_column)
        rows = sorted(rows, key=lambda row: row[place])
    kinds = empty_frame(table).dtypes
    count = len(rows)
    columns: dict[str, Any] = {
        "row_id": pd.Series(np.arange(count)),
        "source_id": pd.Series(np.zeros(count, dtype=np.int64)),
        "source_line": pd.Series(np.arange(1, count + 1)),
    }
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        columns[name] = pd.Series(list(values), dtype=kinds[name])
    return pd.DataFrame(columns)[list(COLUMNS[table])]
