"""The child's way out: rows go to the owner, no more than it can take, and what nodes ask for comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pathway as pw
import pyarrow as pa

from workbench.engine import checkpoint
from workbench.engine.events import Answer, Ask, Batch, Keep, Recall
from workbench.engine.wire import Wire
from workbench.errors import BadInput
from workbench.flow.rows import Rows
from workbench.flow.writing import up_to

UNACKNOWLEDGED = 8
"""Batches that may be under way; beyond it the graph waits for the owner's disk."""
MAX_ROWS = 16_384
"""Rows in one batch."""
_ARROW = {int: pa.int64(), float: pa.float64(), str: pa.string()}


class _Sent:
    """Counts the rows of one sink."""

    def __init__(self, added: list[Any], removed: list[Any]) -> None:
        self.rows = self.there = self.done = 0
        self._added, self._removed = added, removed

    def measure(self) -> tuple[int, int, str]:
        """Return the changes sent so far, those that wait, and the minibatch up to which all are sent."""
        return self.rows, len(self._added) + len(self._removed), up_to(self.done)

    def count(self) -> int:
        """Return the rows that are there: those that came less those that went again."""
        return self.there


class Outbox:
    """Sends what a run makes; the owner's frames come in by `acknowledged` and `answered`."""

    def __init__(self, wire: Wire) -> None:
        self.keeps_state = False
        """Whether the engine keeps what was read: then it must not go past rows that are not on the owner's disk."""
        self._wire = wire
        self._stored = 0
        self._storing = threading.Condition()
        self._room = threading.BoundedSemaphore(UNACKNOWLEDGED)
        self._lock = threading.Lock()
        self._seq = 0
        self._answers: dict[int, list[tuple[Answer, bytes]]] = {}
        self._answered = threading.Condition()

    # -- rows for the workspace

    def deliver(self, node: str, rows: Rows, table: str, opened: Callable[[Any], None] = lambda measured: None) -> None:
        """Send every change of `rows` to the owner for a table of the workspace."""
        hints = rows.typehints()
        schema = pa.schema([(name, _arrow_type(hints[name])) for name in rows.column_names()])
        names = [*schema.names, "source_line"]
        keys: list[Any] = []
        added: list[tuple[Any, ...]] = []
        removed: list[int] = []
        sent = _Sent(added, removed)
        opened(sent)

        def flush(time: int) -> None:
            if not added and not removed:
                return
            prints = [_fingerprint(row) for row in zip(keys, added, strict=True)]
            columns = list(zip(*added, strict=True)) or [()] * len(schema.names)
            arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
            batch = pa.table([*arrays, pa.array(prints, pa.int64())], names=names)
            self._send(node, table, batch, list(removed), time)
            sent.rows += len(added) + len(removed)
            sent.there += len(added) - len(removed)
            sent.done = max(sent.done, 0 if time == checkpoint.ALL else time)
            keys.clear()
            added.clear()
            removed.clear()

        # Called once per row, so it does as little as it can; all else is done per batch.
        def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
            if is_addition:
                keys.append(key)
                added.append(tuple(row.values()))
                if len(added) >= MAX_ROWS:
                    flush(time)
            else:
                removed.append(_fingerprint((key, tuple(row.values()))))

        pw.io.subscribe(
            rows, on_change=on_change, on_time_end=flush, on_end=lambda: flush(checkpoint.ALL), name=f"{node}:out"
        )

    def _send(self, node: str, table: str, batch: pa.Table, removed: list[int], time: int) -> None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_table(batch)
        self._room.acquire()
        with self._lock:
            self._seq += 1
            seq = self._seq
        self._wire.send(
            Batch(seq=seq, node=node, table=table, rows=len(batch), removed=removed, time=time),
            memoryview(sink.getvalue()),
        )
        if self.keeps_state:
            with self._storing:
                self._storing.wait_for(lambda: self._stored >= seq)

    def acknowledged(self, seq: int) -> None:
        """A batch is on disk: there is room for another."""
        self._room.release()
        with self._storing:
            self._stored = max(self._stored, seq)
            self._storing.notify_all()

    def drain(self) -> None:
        """Wait until every batch is acknowledged."""
        for _ in range(UNACKNOWLEDGED):
            self._room.acquire()
        for _ in range(UNACKNOWLEDGED):
            self._room.release()

    # -- stored rows

    def read_table(
        self, table: str, scope: str | None, start: int | None, end: int | None
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Yield batches of rows of a stored table; raises `BadInput` when the owner cannot give them."""
        with self._answered:
            number = len(self._answers) + 1
            self._answers[number] = []
        self._wire.send(Ask(number=number, table=table, scope=scope, start_unix_nano=start, end_unix_nano=end))
        while True:
            with self._answered:
                while not self._answers[number]:
                    self._answered.wait()
                answer, blob = self._answers[number].pop(0)
            if answer.error:
                raise BadInput(answer.error, where=table)
            if blob:
                for batch in pa.ipc.open_stream(blob):
                    yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
            if answer.last:
                return

    # -- memory of log templates

    def recall(self, system: str) -> str:
        """Return what the owner remembers of a system's templates; raises `BadInput` when it cannot say."""
        with self._answered:
            number = len(self._answers) + 1
            self._answers[number] = []
        self._wire.send(Recall(number=number, system=system))
        with self._answered:
            while not self._answers[number]:
                self._answered.wait()
            answer, blob = self._answers[number].pop(0)
        if answer.error:
            raise BadInput(answer.error, where=system)
        return blob.decode()

    def keep(self, system: str, packed: str) -> None:
        """Give the owner what was learned about a system's templates."""
        self._wire.send(Keep(system=system), packed.encode(errors="surrogatepass"))

    def answered(self, answer: Answer, blob: bytes) -> None:
        """Take an answer of the owner."""
        with self._answered:
            self._answers[answer.number].append((answer, blob))
            self._answered.notify_all()


def _fingerprint(row: tuple[Any, tuple[Any, ...]]) -> int:
    """Return 63 bits of a row's key and content.

    A changed row comes as an old one that goes and a new one that comes, in any order, so the key is not enough.
    """
    return hash(row) & 0x7FFF_FFFF_FFFF_FFFF


def _arrow_type(hint: Any) -> pa.DataType:
    plain = next((kind for kind in _ARROW if hint in (kind, kind | None)), None)
    if plain is None:
        raise BadInput(f"a column of type {hint} cannot be stored", hint="Put tables.cast before this node")
    return _ARROW[plain]
