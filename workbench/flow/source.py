"""Connectors of our own: rows go to Pathway in batches, bad rows are handed over, a stop drains what was read.

One message to Pathway per row costs 8 us; a batch that the engine takes apart costs 4 us a row (measured).
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Literal

import pathway as pw
from pathway.engine import SessionType

from workbench.errors import CausewayError, RunFailed
from workbench.flow.commits import WAKE_MS, Commits
from workbench.flow.rows import Rows
from workbench.flow.services import Source

BATCH = 256
"""Rows in one message to the engine."""
BACKLOG = 400
"""Messages that may wait for the engine; beyond it the source waits. Without a limit memory grows.

What waits is all that the engine takes in one cycle, and a cycle may be long: up to a second where somebody reads its
table of errors, as a preview does. With 40 messages 150,000 rows then took 10 s instead of 3 s (measured).
"""


class Enough(BaseException):
    """A source has read as many rows as were wanted."""


class RowSource(pw.io.python.ConnectorSubject):  # type: ignore[misc]
    """Base of our connectors: override `read`, call `put` for each row and `reached` where one could go on later."""

    goes_on = False
    """Whether `read` begins at `offset` and calls `reached`; rows then wait for the next call of it."""

    def __init__(self, source: Source, session: Literal["native", "upsert"] = "native") -> None:
        super().__init__(datasource_name=source.node, session_type=session)
        self.source = source
        self.offset: str | None = None
        """Where `read` has to begin: what an earlier run of the flow gave to `reached`; None is the beginning."""
        self._rows: list[tuple[Any, ...]] = []
        self._count = 0
        self._reached: str | None = None
        self._covered = 0
        self._put = 0
        self._shown = False
        self._commits = Commits(self)
        self.most: int | None = None
        """End after so many rows, or some more; 0 reads nothing."""
        source.opened(self)

    @abstractmethod
    def read(self) -> None:
        """Put rows until there are no more or `source.stop` is set."""

    def put(self, row: tuple[Any, ...]) -> None:
        """Hand over one row; its values stand in the order of the columns."""
        self._rows.append(row)
        if self.full and not self.goes_on:
            self.flush()

    def reached(self, offset: str) -> None:
        """Say that whoever begins at `offset` reads what comes after the rows put so far, and nothing twice.

        Call it when `full`, before a `flush` and at the end; after each row is fine where `offset` is cheap.
        """
        self._reached, self._covered = offset, len(self._rows)
        if self.full:
            self.flush()

    @property
    def full(self) -> bool:
        """Whether enough rows wait for a batch: time to call `reached`."""
        return len(self._rows) >= BATCH

    def flush(self) -> None:
        """Hand over a batch that is not full yet; a live source does it whenever it has to wait."""
        ready = self._covered if self.goes_on else len(self._rows)
        if not ready:
            return
        self.source.ready()
        rows, self._rows, self._covered = self._rows[:ready], self._rows[ready:], 0
        self._count += 1
        self._put += ready
        # Pathway stores the offset that came last with each message, so it goes before its rows.
        with self._commits.whole:
            self._report_offset(json.dumps([self._count, self._reached]).encode())
            self.next(batch=self._count, rows=rows)
        self._show_at_once(ready)
        if self.most is not None and self._put >= self.most:
            raise Enough

    def _show_at_once(self, rows: int) -> None:
        """Let the graph have what came before the first wait now: whoever has started a run looks for its first row."""
        if not self._shown and rows < BATCH:
            self._shown = True
            self._commits.now()

    def measure(self) -> tuple[int, int, str]:
        """Return the rows handed over so far, the rows that wait for the engine (at most), and the offset."""
        return self._put, len(self._rows) + self._buffer.qsize() // 2 * BATCH, self._reached or ""

    @property
    def _deletions_enabled(self) -> bool:
        """Whether rows may go again; Pathway would look through our source code for it, which takes 50 ms."""
        return self._session_type is SessionType.UPSERT

    def _seek(self, state: bytes) -> None:
        """Take the offset of an earlier run; called by Pathway before `run`. Batches go on with their numbers."""
        self._count, self.offset = json.loads(state)
        self._reached = self.offset

    def run(self) -> None:
        """Read all; called by Pathway in a thread."""
        if self.most == 0:
            return
        self._commits.begin()
        try:
            self.read()
            # Rows behind the last `reached` are better read twice than lost.
            self._covered = len(self._rows)
            # A source that ends is one minibatch if it can be.
            self._shown = True
            self.flush()
            self.source.ended()
        except Enough:
            return
        except Exception as error:
            # Pathway tells only what went wrong, not which of several sources it was.
            said = str(error) if isinstance(error, CausewayError) else f"{type(error).__name__}: {error}"
            raise RunFailed("", said, self.source.node) from error
        finally:
            self._commits.end()


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
        autocommit_duration_ms=WAKE_MS,
        max_backlog_size=BACKLOG,
    )
    flat = batches.flatten(pw.this.rows)
    return flat.select(**{name: pw.this.rows[place] for place, name in enumerate(columns)})


def wait(source: Source, seconds: float) -> bool:
    """Wait, but not longer than until the run shall end; tell whether it shall."""
    return source.stop.wait(seconds)
