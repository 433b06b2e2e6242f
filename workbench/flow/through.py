"""Passes rows through a Python object with a memory, in the order of their time: for detectors.

Pathway's own functions are called in no promised order and may be called again. Here each closed minibatch is sorted
and handed over once, and what comes back is a new stream of rows that are never taken back. (Pathway's own
AsyncTransformer joins a subscription and a connector in the same way.)

When a run goes on, the engine gives all that it has kept once more, in one first minibatch: the object learns again
from it, and what it had put out before, which the engine has kept as well, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from queue import Queue
from typing import Any

from pathway.internals.table_subscription import subscribe

from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.source import RowSource, rows_of

Step = Callable[[Sequence[tuple[Any, ...]]], Iterable[tuple[Any, ...]]]
"""Takes the new rows of a minibatch, sorted; gives rows for the output."""
KEPT = 0
"""The engine's time of what it has kept of an earlier run."""


class _Passage(RowSource):
    goes_on = True

    def __init__(self, source: Source, step: Step) -> None:
        super().__init__(source)
        self._step = step
        self._batches: Queue[tuple[int, list[tuple[Any, ...]]] | None] = Queue(maxsize=64)
        self._open: list[tuple[Any, ...]] = []

    def on_change(self, key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
        if is_addition:
            self._open.append(tuple(row.values()))

    def on_time_end(self, time: int) -> None:
        if self._open:
            self._batches.put((time, sorted(self._open)))
            self._open = []

    def on_end(self) -> None:
        self.on_time_end(KEPT + 1)
        self._batches.put(None)

    def read(self) -> None:
        made, before = 0, int(self.offset or 0)
        while (batch := self._batches.get()) is not None:
            time, rows = batch
            for row in self._step(rows):
                made += 1
                if time != KEPT or made > before:
                    self.put(row)
            self.reached(str(made))
            self.flush()


def through(rows: Rows, step: Step, columns: Mapping[str, Any], source: Source) -> Rows:
    """Return the rows that `step` makes of the rows of each minibatch.

    Args:
        rows: Rows that are only added, such as those of windows that are put out once; first column decides the order.
        step: Called with the sorted new rows of each minibatch; may remember things.
        columns: Python type of each column that `step` gives.
        source: The node's service `source`.
    """
    passage = _Passage(source, step)
    # Pathway's public `subscribe` leaves out what it has kept; `tests/engine/test_resume.py` holds this one.
    subscribe(
        rows,
        skip_persisted_batch=False,
        on_change=passage.on_change,
        on_time_end=passage.on_time_end,
        on_end=passage.on_end,
        name=f"{source.node}:in",
    )
    return rows_of(passage, columns)
