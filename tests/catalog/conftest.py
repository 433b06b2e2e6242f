"""Runs the build step of one node on real rows, through Pathway, in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pathway as pw
import pytest
from pathway.internals.parse_graph import G

from tests.services.process import until
from workbench.flow.node import Node
from workbench.flow.services import Sink, Source


class Remembered(dict[str, str]):
    """Service `template_store`, in a dict."""

    def recall(self, system: str) -> str:
        """Return what was kept."""
        return self.get(system, "")

    def keep(self, system: str, packed: str) -> None:
        """Keep it."""
        self[system] = packed


@dataclass
class Bench:
    """Tables in, rows out."""

    rejected: list[dict[str, Any]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    template_store: Remembered = field(default_factory=Remembered)
    secrets: dict[str, str] = field(default_factory=dict)
    seen: int = 0
    """Rows that have come while `live` runs."""

    def source(self, node: str = "node") -> Source:
        """Return the service `source`; what is rejected is kept."""

        def reject(**fault: Any) -> None:
            self.rejected.append(fault)

        return Source(node, self.stop, reject)

    def sink(self, node: str = "node") -> Sink:
        """Return the service `sink`; what is rejected is kept."""

        def reject(**fault: Any) -> None:
            self.rejected.append(fault)

        return Sink(node, self.stop, reject)

    def table(self, columns: dict[str, type], *rows: tuple[Any, ...], times: list[int] | None = None) -> Any:
        """Return a table; with `times`, row n comes in minibatch `times[n]`."""
        schema = pw.schema_from_types(**columns)
        if times is None:
            return pw.debug.table_from_rows(schema, list(rows))
        dated = [(*row, 2 * time, 1) for row, time in zip(rows, times, strict=True)]
        return pw.debug.table_from_rows(schema, dated, is_stream=True)

    def run(self, table: Any) -> list[tuple[Any, ...]]:
        """Run the graph and return the rows of a table at its end, sorted."""
        found: dict[Any, tuple[Any, ...]] = {}

        def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
            values = tuple(row.values())
            if is_addition:
                found[key] = values
            elif found.get(key) == values:
                del found[key]

        pw.io.subscribe(table, on_change=on_change)
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)
        G.clear()
        return sorted(found.values(), key=repr)

    def live(self, node: Node, act: Callable[[], Any], rows: int, *, rejected: int = 0) -> list[tuple[Any, ...]]:
        """Run an endless source; do `act` meanwhile, wait for so many rows and rejected ones, stop, return the rows."""
        table = node.build(**self.services(node))
        seen: list[Any] = []

        def count(key: Any, row: Any, time: int, is_addition: bool) -> None:
            seen.append(row)
            self.seen = len(seen)

        pw.io.subscribe(table, on_change=count)
        failed: list[BaseException] = []

        def drive() -> None:
            try:
                act()
                deadline = time.monotonic() + 30
                while (len(seen) < rows or len(self.rejected) < rejected) and time.monotonic() < deadline:
                    time.sleep(0.01)
            except BaseException as error:  # noqa: BLE001
                failed.append(error)
            finally:
                self.stop.set()

        driver = threading.Thread(target=drive)
        driver.start()
        found = self.run(table)
        driver.join()
        if failed:
            raise failed[0]
        return found

    def follow(self, table: Any, steps: Callable[[Callable[[Callable[[list[Any]], bool]], None]], None]) -> list[Any]:
        """Run the graph while `steps(there)` runs in a thread, then stop it; return the rows at the end, sorted.

        `there(condition)` waits until the rows of the table fulfil a condition.
        """
        present: dict[Any, tuple[Any, ...]] = {}
        faults: list[BaseException] = []

        def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
            values = tuple(row.values())
            if is_addition:
                present[key] = values
            elif present.get(key) == values:
                del present[key]

        def run() -> None:
            try:
                steps(lambda condition: until(lambda: condition(list(present.values()))))
            except BaseException as error:  # noqa: BLE001 - told by the main thread
                faults.append(error)
            self.stop.set()

        pw.io.subscribe(table, on_change=on_change)
        thread = threading.Thread(target=run)
        thread.start()
        found = self.run(table)
        thread.join()
        assert faults == []
        return found

    def rows(self, node: Node, *tables: Any) -> list[tuple[Any, ...]]:
        """Build a node on tables and return its rows, sorted."""
        return self.run(node.build(*tables, **self.services(node)))

    def write(self, node: Node, *tables: Any) -> None:
        """Build a sink on tables and run it."""
        node.build(*tables, **self.services(node))
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)
        G.clear()

    def services(self, node: Node) -> dict[str, Any]:
        """Return what the engine would hand to a node; secrets come from `secrets`, by their name."""
        every = {
            "source": self.source(),
            "sink": Sink("node", self.stop, self.source().reject),
            "template_store": self.template_store,
            "secrets": lambda reference: self.secrets[reference[len("${secret:") : -1]],
        }
        return {name: every[name] for name in node.services()}


@pytest.fixture
def bench() -> Iterator[Bench]:
    G.clear()
    yield Bench()
    G.clear()
