"""Telemetry in memory: one frame per table of `semconv.COLUMNS`, and a case made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from workbench.semconv import COLUMNS, TIME_COLUMN, Table

_KINDS = {"BIGINT": "int64", "INTEGER": "int64", "DOUBLE": "float64", "VARCHAR": "object"}


def empty_frame(table: Table) -> pd.DataFrame:
    """Return a frame with the table's columns and no rows."""
    return pd.DataFrame({name: pd.Series(dtype=_KINDS[kind]) for name, kind in COLUMNS[table].items()})


@dataclass(frozen=True, slots=True)
class Telemetry:
    """One frame per table, with the columns and units of `semconv.COLUMNS`; rows in no promised order."""

    logs: pd.DataFrame = field(default_factory=lambda: empty_frame(Table.LOGS))
    spans: pd.DataFrame = field(default_factory=lambda: empty_frame(Table.SPANS))
    metrics: pd.DataFrame = field(default_factory=lambda: empty_frame(Table.METRICS))
    events: pd.DataFrame = field(default_factory=lambda: empty_frame(Table.EVENTS))
    edges: pd.DataFrame = field(default_factory=lambda: empty_frame(Table.EDGES))
    states: pd.DataFrame = field(default_factory=lambda: empty_frame(Table.STATES))
    spans_in_all: int = 0
    """How many spans there are when only some of their traces were read; 0 when `spans` holds all."""

    def frame(self, table: Table) -> pd.DataFrame:
        """Return one table's frame."""
        frame: pd.DataFrame = getattr(self, table.value)
        return frame

    def extent(self) -> tuple[int, int] | None:
        """Return the first and last time of all rows in UTC nanoseconds, or None when there is no dated row."""
        bounds = [
            (int(frame[column].min()), int(frame[column].max()))
            for table, column in TIME_COLUMN.items()
            if column and len(frame := self.frame(table))
        ]
        return (min(low for low, _ in bounds), max(high for _, high in bounds)) if bounds else None

    def counts(self) -> dict[str, int]:
        """Return the number of rows per table, also of spans that were not read."""
        found = {table.value: len(self.frame(table)) for table in Table}
        return found | {Table.SPANS.value: self.spans_in_all or found[Table.SPANS.value]}

    def is_empty(self) -> bool:
        """Tell whether no table has a row."""
        return all(not len(self.frame(table)) for table in Table)


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be explained: telemetry, fault-free telemetry of the same system by label, and perhaps a time."""

    name: str
    telemetry: Telemetry
    references: Mapping[str, Telemetry] = field(default_factory=dict)
    """Fault-free periods of the same system, by label; a profile puts the nearest first."""
    at_unix_nano: int | None = None
    """When the fault began, if somebody knows; None asks for detection."""
    between: tuple[int | None, int | None] = (None, None)
    """Bounds of the time that was read (UTC ns, the last exclusive), where somebody named them."""
    noticed_unix_nano: Sequence[int] = ()
    """When watchers of single services saw something: one dates the onset if all of the data moves then."""
