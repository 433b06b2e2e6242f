"""Measures the nodes of a run, twice a second, from what Pathway tells its own dashboard.

Pathway shows its figures to whatever `monitor_stats` yields; that is private, so a test fails when a new version
changes it. Without it the figures of sources and sinks, which we count ourselves, are still there.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import pathway as pw
from pathway.internals import graph_runner

from workbench.engine.events import Counts, Metrics
from workbench.facts.metrics import NodeMetrics

REPORT_S = 0.5
SETTLE_S = 2.0
"""How long a source that has ended waits for the engine's last figures, at most."""


class Measured(Protocol):
    """A source or a sink that counts its own rows."""

    def measure(self) -> tuple[int, int, str]:
        """Return the rows so far, the rows that wait, and the position."""


class Troubles(Protocol):
    """Knows what went wrong in each node."""

    def troubles(self, node: str) -> tuple[int, str, str]:
        """Return how many rows failed, the last message, and the row of it."""

    def report(self, *, last: bool = False) -> None:
        """Tell of those that were not told yet; with `last` also of those that wait for more."""


class Meter:
    """Takes Pathway's figures as they come, and makes frames of them in a thread of its own."""

    def __init__(self, send: Any, troubles: Troubles, look: Callable[[Any], None] = lambda figures: None) -> None:
        """Prepare.

        Args:
            send: Takes the frames.
            troubles: What went wrong in each node.
            look: Given the engine's figures each time that they come.
        """
        self._send, self._troubles, self._look = send, troubles, look
        self._measured: dict[str, Measured] = {}
        self._inputs: Mapping[str, Sequence[str]] = {}
        self._operators: Mapping[str, int] = {}
        self._data: Any = None
        self._updated = threading.Condition()
        self._updates = 0
        self._before: dict[str, int] = {}
        self._reported = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._report_on, daemon=True, name="meter")
        self.attached = False
        """Whether Pathway has asked for us."""

    def opened(self, node: str, measured: Measured) -> None:
        """Know a source or sink that counts itself."""
        self._measured[node] = measured

    def start(self, inputs: Mapping[str, Sequence[str]], tables: Mapping[str, Any]) -> pw.MonitoringLevel:
        """Begin to report.

        Args:
            inputs: The nodes that each node reads from.
            tables: The output of each node; None for a sink.

        Returns:
            The level of monitoring that Pathway has to be run with.
        """
        self._inputs = inputs
        self._operators = {node: table._source.operator.id for node, table in tables.items() if table is not None}
        self._thread.start()
        if not hasattr(graph_runner, "monitor_stats"):
            return pw.MonitoringLevel.NONE
        graph_runner.monitor_stats = self._attach
        return pw.MonitoringLevel.ALL

    def settle(self, node: str) -> None:
        """Wait until the engine has told of all rows of a source that has ended, so that the last figures are exact."""
        measured = self._measured.get(node)
        if measured is None or not self.attached:
            return
        deadline, told = time.monotonic() + SETTLE_S, -1
        with self._updated:
            while (left := deadline - time.monotonic()) > 0:
                seen = self._updates
                if not self._updated.wait_for(lambda seen=seen: self._updates > seen, left):  # type: ignore[misc]
                    return
                # Two equal figures: nothing moves any more, and the nodes behind it have told of all rows as well.
                before, told = told, sum(self._rows(one)[0] or 0 for one in self._operators)
                if told == before:
                    return

    def finish(self) -> None:
        """Send the last figures, behind those that are being sent: the process ends next, and would cut them off."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._troubles.report(last=True)
        self.report()

    def update_monitoring(self, data: Any, now: int) -> None:
        """Take figures; called by Pathway a few times a second."""
        self._look(data)
        with self._updated:
            self._data = data
            self._updates += 1
            self._updated.notify_all()

    def report(self) -> None:
        """Send the figures of all nodes."""
        now = time.monotonic()
        passed, self._reported = max(now - self._reported, 1e-3), now
        # The last errors of a moment wait for more; a run that is killed must not take them with it.
        self._troubles.report()
        nodes = [self._node(node, passed) for node in self._inputs]
        self._send(Metrics(taken_unix_nano=time.time_ns(), nodes=nodes))
        self._send(self._counts())

    @contextlib.contextmanager
    def _attach(self, *_: Any, **__: Any) -> Iterator[Meter]:
        self.attached = True
        yield self

    def _report_on(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over.wait(REPORT_S):
                self.report()

    def _node(self, node: str, passed: float) -> NodeMetrics:
        sources = self._inputs[node]
        rows_in = [self._rows(source)[0] for source in sources]
        rows_out, lag = self._rows(node)
        waiting, position = 0, ""
        measured = self._measured.get(node)
        if measured is not None:
            counted, waiting, position = measured.measure()
            rows_out = counted
        total_in = None if None in rows_in or not rows_in else sum(one or 0 for one in rows_in)
        flow = rows_out if node in self._operators else total_in
        errors, message, row = self._troubles.troubles(node)
        rate = ((flow or 0) - self._before.get(node, 0)) / passed
        self._before[node] = flow or 0
        return NodeMetrics(
            node=node,
            rows_in=total_in,
            rows_out=rows_out,
            rows_per_s=round(rate, 1),
            lag_ms=lag,
            errors=errors,
            last_error=message,
            last_row=row,
            position=position[:500],
            waiting=waiting,
        )

    def _counts(self) -> Counts:
        """Return the rows of each source and sink, as the run's own figures have them."""
        sources = [node for node, inputs in self._inputs.items() if not inputs and node in self._operators]
        sinks = [node for node in self._inputs if node not in self._operators]
        rows_in = {node: self._there(node) for node in sources}
        rows_out = {}
        for node in sinks:
            count = getattr(self._measured.get(node), "count", None)
            rows_out[node] = count() if count else sum(self._there(source) for source in self._inputs[node])
        return Counts(rows_in=rows_in, rows_out=rows_out)

    def _there(self, node: str) -> int:
        """Return how many rows came out of a node, less those that went again."""
        measured = self._measured.get(node)
        if measured is not None:
            return measured.measure()[0]
        operator = self._operators.get(node)
        counted = None if self._data is None or operator is None else self._data.row_counts.get(operator)
        return 0 if counted is None else int(counted.current_rows)

    def _rows(self, node: str) -> tuple[int | None, int | None]:
        """Return the changes that came out of a node and its lag, as the engine says."""
        operator = self._operators.get(node)
        if self._data is None or operator is None:
            return None, None
        counted, stats = self._data.row_counts.get(operator), self._data.operators_stats.get(operator)
        return (None if counted is None else counted.total_rows), (None if stats is None else stats.lag)
