"""A plan: how one file becomes rows of tables, as SQL that nobody has run yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa

from workbench.ingest.clock import Clock
from workbench.ingest.files import Found
from workbench.ingest.profile import FileRule
from workbench.ingest.shape import Shape
from workbench.semconv import Table


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table.

    `select` yields columns of the table under their names, and besides:
    `source_line` (number of the record), `ordinal` (unique in the file), `reason` (NULL, or why the row is rejected),
    and `raw` (the record's text, asked for only when there is a reason).
    """

    table: Table
    select: str
    columns: tuple[str, ...]
    """The table's columns that `select` yields, without those that every table has."""
    unique: tuple[str, ...] = ()
    """Columns that name a row; later rows with the same values are dropped."""
    cells: str = ""
    """SQL for the number of cells that could have been values, when many may be empty; '' otherwise."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is known about a file before it is read."""

    file: Found
    shape: Shape
    rule: FileRule
    """Complete: what was not said is filled in."""
    parts: tuple[Part, ...] = ()
    batches: Callable[[], object] | None = None
    """For text whose header cannot be read by SQL: a reader of Arrow tables that `parts` select from."""
    clocks: tuple[Clock, ...] = ()
    notes: tuple[str, ...] = ()
    mapping: tuple[tuple[str, str], ...] = field(default=())
    """Pairs of target and source, for the explanation."""


BATCH_VIEW = "causeway_batches"
"""Name under which the Arrow tables of `Plan.batches` are seen by `Part.select`."""

ArrowBatches = pa.RecordBatchReader
