"""The child's way out: rows, rejected lines and errors go to the owner, and no more than it can take."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pathway as pw
import pyarrow as pa

from workbench.engine import checkpoint
from workbench.engine.events import Answer, Ask, Batch, FailedRow, Keep, Recall, RejectedRow, RowError
from workbench.engine.wire import Wire
from workbench.errors import BadInput
from workbench.flow.rows import Rows
from workbench.flow.services import Reject

UNACKNOWLEDGED = 8
"""Batches that may be under way; beyond it the graph waits for the owner's disk."""
MAX_ROWS = 16_384
"""Rows in one batch."""
KEPT_REJECTS = 1000
"""Rejected lines per node whose text is sent; the rest is only counted."""
REPORT_S = 0.2
_ARROW = {int: pa.int64(), float: pa.float64(), str: pa.string()}


class _Sent:
    """Counts the rows of one sink."""

    def __init__(self, added: list[Any], removed: list[Any]) -> None:
        self.rows = self.there = 0
        self._added, self._removed = added, removed

    def measure(self) -> tuple[int, int, str]:
        """Return the changes sent so far, those that wait, and no position."""
        return self.rows, len(self._added) + len(self._removed), ""

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
        self._errors: Counter[tuple[str, str]] = Counter()
        self._rejects: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._kept: Counter[str] = Counter()
        self._failing: list[tuple[str, str]] = []
        self._recent: list[tuple[str, str]] = []
        self._last: dict[str, tuple[str, str]] = {}
        self._reported = 0.0
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

    def troubles(self, node: str) -> tuple[int, str, str]:
        """Return how many rows of a node failed or were rejected, the last message, and the row of it."""
        message, row = self._last.get(node, ("", ""))
        return self._failed[node], message, row

    def acknowledged(self, seq: int) -> None:
        """A batch is on disk: there is room for another."""
        self._room.release()
        with self._storing:
            self._stored = max(self._stored, seq)
            self._storing.notify_all()

    def drain(self) -> None:
        """Wait until every batch is acknowledged, and send the last errors."""
        for _ in range(UNACKNOWLEDGED):
            self._room.acquire()
        for _ in range(UNACKNOWLEDGED):
            self._room.release()
        self.report(last=True)

    # -- rows that cannot be used

    def reject(self, node: str) -> Reject:
        """Return the function by which a source node hands over bad lines."""

        def reject(*, uri: str, line: int, reason: str, raw: str) -> None:
            self._rejects[node] += 1
            self._note(node, reason, raw)
            if self._rejects[node] <= KEPT_REJECTS:
                self._wire.send(RejectedRow(node=node, uri=uri, line=line, reason=reason, raw=raw[:2000]))
            else:
                self._count_error(node, "more rejected lines, not kept")

        return reject

    def row_error(self, node: str, message: str) -> None:
        """Count an error of a row; equal ones travel together."""
        self._note(node, message, "")
        self._count_error(node, message)

    def _count_error(self, node: str, message: str) -> None:
        with self._lock:
            self._errors[node, message] += 1
        self.report()

    def failed_row(self, node: str, row: str) -> None:
        """Tell of a row that failed in a node; what the errors of the node say by then goes with it."""
        with self._lock:
            self._kept[node] += 1
            if self._kept[node] <= KEPT_REJECTS:
                self._failing.append((node, row))

    def _send_failed(self, failing: list[tuple[str, str]], errors: Iterable[tuple[str, str]], *, last: bool) -> None:
        # An error is told at once, its row when the minibatch is through: perhaps with the next report.
        before, self._recent = self._recent, list(errors)
        said = _by_node(before) | _by_node(self._recent)
        for node, row in failing:
            # The engine does not say which message is of which row; equal times are all that there is.
            messages = said.get(node) or ([self._last[node][0]] if node in self._last else [])
            if not messages and not last:
                with self._lock:
                    self._failing.append((node, row))
                continue
            messages = messages or ["it failed"]
            self._last[node] = (messages[0], row[:1000])
            self._wire.send(FailedRow(node=node, message=" or ".join(messages[:3]), row=row))

    def _note(self, node: str, message: str, row: str) -> None:
        self._failed[node] += 1
        before, known = self._last.get(node, ("", ""))
        message = message[:1000]
        # The row of a message may come before or after it.
        self._last[node] = (message, row[:1000] or (known if message == before else ""))

    # -- what went wrong

    def report(self, *, last: bool = False) -> None:
        """Send errors, at most a few times a second."""
        with self._lock:
            now = time.monotonic()
            if not last and now - self._reported < REPORT_S:
                return
            self._reported = now
            errors, self._errors = self._errors, Counter()
            failing, self._failing = self._failing, []
        for (node, message), count in errors.items():
            self._wire.send(RowError(node=node, message=message, count=count))
        self._send_failed(failing, errors, last=last)

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


def _by_node(errors: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node, message in errors:
        found.setdefault(node, []).append(message)
    return found


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
