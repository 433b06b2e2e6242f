"""Connectors of our own: rows go to Pathway in batches, bad rows are handed over, a stop drains what was read.

One message to Pathway per row costs 8 us; a batch that the engine takes apart costs 4 us a row (measured).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import pathway as pw

from workbench.errors import RunFailed
from workbench.flow.rows import Rows
from workbench.flow.services import Source

BATCH = 256
"""Rows in one message to the engine."""
BACKLOG = 40
"""Messages that may wait for the engine; beyond it the source waits. Without a limit memory grows."""
AUTOCOMMIT_MS = 200
"""How often rows become visible to the graph; the mean latency of a row is half of it."""


class RowSource(pw.io.python.ConnectorSubject):  # type: ignore[misc]
    """Base of our connectors: override `read`, call `put` for each row."""

    deletions_enabled = False

    def __init__(self, source: Source) -> None:
        super().__init__(datasource_name=source.node)
        self.source = source
        self._rows: list[tuple[Any, ...]] = []
        self._count = 0

    @abstractmethod
    def read(self) -> None:
        """Put rows until there are no more or `source.stop` is set."""

    def put(self, row: tuple[Any, ...]) -> None:
        """Hand over one row; its values stand in the order of the columns."""
        self._rows.append(row)
        if len(self._rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Hand over a batch that is not full yet; a live source does it whenever it has to wait."""
        if self._rows:
            self.next(batch=self._count, rows=self._rows)
            self._count += 1
            self._rows = []

    def run(self) -> None:
        """Read all; called by Pathway in a thread."""
        try:
            self.read()
            self.flush()
        except Exception as error:
            # Pathway tells only what went wrong, not which of several sources it was.
            raise RunFailed("", f"{type(error).__name__}: {error}", self.source.node) from error


def rows_of(subject: RowSource, columns: Mapping[str, Any]) -> Rows:
    """Return the table of a connector's rows.

    Args:
        subject: The connector.
        columns: Python type of each column, in the order of the values given to `put`.
    """
    row: Any = tuple.__class_getitem__(tuple(columns.values()))
    schema = pw.schema_builder(
        {
            "batch": pw.column_definition(primary_key=True, dtype=int),
            "rows": pw.column_definition(dtype=list[row]),
        },
        name="Batches",
    )
    batches = pw.io.python.read(
        subject,
        schema=schema,
        name=subject.source.node,
        autocommit_duration_ms=AUTOCOMMIT_MS,
        max_backlog_size=BACKLOG,
    )
    flat = batches.flatten(pw.this.rows)
    return flat.select(**{name: pw.this.rows[place] for place, name in enumerate(columns)})


def wait(source: Source, seconds: float) -> bool:
    """Wait, but not longer than until the run shall end; tell whether it shall."""
    return source.stop.wait(seconds)
