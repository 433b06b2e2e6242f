"""Runs the build step of one node on real rows, through Pathway, in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pathway as pw
import pytest
from pathway.internals.parse_graph import G

from workbench.flow.node import Node
from workbench.flow.services import Source


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

    def source(self) -> Source:
        """Return the service `source`; what is rejected is kept."""

        def reject(**fault: Any) -> None:
            self.rejected.append(fault)

        return Source("node", self.stop, reject)

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

    def rows(self, node: Node, *tables: Any) -> list[tuple[Any, ...]]:
        """Build a node on tables and return its rows, sorted."""
        every = {"source": self.source(), "template_store": self.template_store}
        services = {name: every[name] for name in node.services()}
        return self.run(node.build(*tables, **services))


@pytest.fixture
def bench() -> Iterator[Bench]:
    G.clear()
    yield Bench()
    G.clear()
