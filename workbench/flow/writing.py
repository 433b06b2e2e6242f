"""Base of sinks in other systems: batches, retries with growing pauses, rows that are never taken go to the rejects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple

import pathway as pw
from pydantic import Field

from workbench.errors import GiveUp, RetryLater, RunFailed, SystemUnfit
from workbench.flow.commits import LATEST_MS
from workbench.flow.node import Delivery, Node
from workbench.flow.outside import as_json, outward
from workbench.flow.patience import AFTER_STOP_S, Patience
from workbench.flow.rows import Rows
from workbench.flow.services import Sink

_FIRST_MS = 10**12
"""Minibatches of live tables are numbered by the clock: it was 2001 when it showed so many ms. What windows kept back
until the sources had ended comes in one of the largest number there is, behind `LATEST_MS`.
"""


class Change(NamedTuple):
    """A row that came or went."""

    key: Any
    """Pathway's key of the row: the same for all its versions."""
    values: dict[str, Any]
    """Plain values by column; see `outside.outward`."""
    added: bool
    time: int
    """Pathway's minibatch."""


class Writing(Node):
    """Settings of every sink in another system."""

    delivery: ClassVar[Delivery | None] = "at-least-once"

    batch_rows: int = Field(1000, ge=1, le=100_000)
    """Rows that are written at once, at most; none waits longer than until the graph has finished its minibatch."""
    retry_s: float = Field(300.0, ge=0)
    """How long to try again when the other system does not answer, in seconds; meanwhile the graph waits."""


class Writer(ABC):
    """Writes the changes of a table: override `connect` and `write`, perhaps `prepare` and `arrange`."""

    def __init__(self, node: Writing, sink: Sink, where: str) -> None:
        """Prepare.

        Args:
            node: The settings.
            sink: The node's service `sink`.
            where: What is written to, without secrets; for errors and rejected rows.
        """
        self.node, self.sink, self.where = node, sink, where
        self._changes: list[Change] = []
        self._open: AbstractContextManager[Any] | None = None
        self._connection: Any = None
        self._failed = False
        self._written = self._done = 0
        sink.opened(self)

    @abstractmethod
    def connect(self) -> AbstractContextManager[Any]:
        """Return a connection that is closed on leaving; raises `RetryLater` or `GiveUp`. Resolve secrets here."""

    @abstractmethod
    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Write some changes, all or none of them.

        Raises:
            RetryLater: it may work later; it is tried again, perhaps with a new connection.
            SystemUnfit: no row will ever be taken; the run fails.
            GiveUp: one of the rows will never be taken; it is found by halving, and rejected.
        """

    def prepare(self, connection: Any) -> None:  # noqa: B027 - not every target has something to look at
        """Look at the target, once for each connection; raises `GiveUp` when it can take no row at all."""

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Return the changes of one minibatch as they shall be written; as they came unless overridden."""
        return changes

    def changed(self, key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
        """Take one change; called by Pathway."""
        self._changes.append(Change(key, row, is_addition, time))

    def flush(self, time: int = 0) -> None:
        """Write what came; called by Pathway at the end of each minibatch, which does not go on before."""
        changes, self._changes = self._changes, []
        if self._failed or not changes:
            return
        plain = [one._replace(values={name: outward(value) for name, value in one.values.items()}) for one in changes]
        pending = list(self.arrange(plain))
        for number, batch in enumerate(_batches(pending, self.node.batch_rows)):
            try:
                self._write_all(batch)
            except GiveUp as error:
                # Some of the first batch may be written already; written twice is better than lost.
                self._failed = True
                for change in pending[number * self.node.batch_rows :]:
                    self._reject(change, error)
                raise RunFailed("", str(error), self.sink.node) from error
        self._done = max(time, self._done)

    def end(self) -> None:
        """Write the rest and let go of the connection; called by Pathway."""
        try:
            self.flush()
        finally:
            self._disconnect()

    def _write_all(self, batch: list[Change]) -> None:
        patience = Patience(self.sink.node, self.sink.stop, self.node.retry_s, AFTER_STOP_S)
        waiting = [batch]
        while waiting:
            part = waiting[0]
            try:
                connection = self._connected()
                try:
                    self.write(connection, part)
                except SystemUnfit:
                    raise
                except GiveUp as error:
                    if len(part) > 1:
                        half = len(part) // 2
                        waiting[0:1] = [part[:half], part[half:]]
                        continue
                    self._reject(part[0], error)
            except RetryLater as error:
                self._disconnect()
                patience.wait(error)
                continue
            del waiting[0]
            patience.succeeded()
        self._written += len(batch)

    def measure(self) -> tuple[int, int, str]:
        """Return the changes written or rejected so far, those that wait, and the minibatch up to which all are."""
        return self._written, len(self._changes), up_to(self._done)

    def _connected(self) -> Any:
        if self._open is None:
            opened = self.connect()
            self._connection = opened.__enter__()
            self._open = opened
            self.prepare(self._connection)
        return self._connection

    def _disconnect(self) -> None:
        opened, self._open, self._connection = self._open, None, None
        if opened is not None:
            # It is broken perhaps, and then closing it fails as well.
            with suppress(Exception):
                opened.__exit__(None, None, None)

    def _reject(self, change: Change, error: Exception) -> None:
        row = change.values if change.added else change.values | {"diff": -1}
        self.sink.reject(uri=self.where, line=0, reason=str(error), raw=as_json(row))


def write_rows(rows: Rows, writer: Writer) -> None:
    """Write every change of a table with a writer."""
    pw.io.subscribe(
        rows,
        on_change=writer.changed,
        on_time_end=writer.flush,
        on_end=writer.end,
        name=f"{writer.sink.node}:out",
    )


def latest_rows(changes: Iterable[Change]) -> Iterator[Change]:
    """Yield one change for each of Pathway's own keys: the row that is there in the end, or the one that went."""
    found: dict[Any, Change] = {}
    for change in changes:
        if change.added or change.key not in found or not found[change.key].added:
            found[change.key] = change
    yield from found.values()


def latest(changes: Iterable[Change], key: Sequence[str]) -> Iterator[Change]:
    """Yield one change for each value of some columns: the row that is there in the end, or the one that went.

    A row that changes comes as an old one that goes and a new one that comes, in any order.
    """
    found: dict[tuple[Any, ...], Change] = {}
    for change in changes:
        place = tuple(repr(change.values[name]) for name in key)
        before = found.get(place)
        if before is None or change.added or not before.added:
            found[place] = change
    yield from found.values()


def up_to(minibatch: int) -> str:
    """Return the time of a minibatch (ms since 1970, as Pathway counts them) as a sink's position; '' before the first
    and for the single one of tables that do not change, and words for the one behind the last of the sources.
    """
    if minibatch < _FIRST_MS:
        return ""
    if minibatch > LATEST_MS:
        return "all until the end"
    at = datetime.fromtimestamp(minibatch / 1000, UTC)
    return f"all until {at:%Y-%m-%dT%H:%M:%S}.{minibatch % 1000:03d}Z"


def _batches(changes: list[Change], size: int) -> Iterator[list[Change]]:
    for start in range(0, len(changes), size):
        yield changes[start : start + size]
