"""What the engine hands to the nodes that ask for it: keyword-only parameters of `build` with these names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from workbench.flow.rows import Rows


class Reject(Protocol):
    """Takes a row of input that cannot be used, so that it is counted and kept."""

    def __call__(self, *, uri: str, line: int, reason: str, raw: str) -> None:
        """Keep one line: its file, its number from 1, why, and its text."""


@dataclass(frozen=True, slots=True)
class Source:
    """Service `source`: what a node that reads has to know about its run."""

    node: str
    """Id of the node; also the name of the connector."""
    stop: threading.Event
    """Set when the run shall end: read no more, hand over what is there, return."""
    reject: Reject
    opened: Callable[[Any], None] = lambda measured: None
    """Told of the connector, which has a method `measure`: rows so far, rows that wait, position."""
    ended: Callable[[], None] = lambda: None
    """Called when everything is handed over; may take a moment."""
    ready: Callable[[], None] = lambda: None
    """Called before rows are handed over; waits until new ones may come."""


@dataclass(frozen=True, slots=True)
class Sink:
    """Service `sink`: what a node that writes to another system has to know about its run."""

    node: str
    """Id of the node."""
    stop: threading.Event
    """Set when the run shall end: what is under way is finished, but the other system is not waited for any longer."""
    reject: Reject
    """Keeps a row that the other system will never take: where it should go, 0, why, and the row as JSON."""
    opened: Callable[[Any], None] = lambda measured: None
    """Told of the writer, which has a method `measure`: rows so far, rows that wait, position."""


class Secrets(Protocol):
    """Service `secrets`: gives the value that a reference such as `${secret:NAME}` stands for.

    Ask when the connection is made, not while the graph is built, and keep the value nowhere.
    """

    def __call__(self, reference: str) -> str:
        """Return the value; raises `NotFound` when there is no such secret."""


class Deliver(Protocol):
    """Service `deliver`: stores every row of a table in a table of the workspace."""

    def __call__(self, rows: Rows, table: str) -> None:
        """Send the changes of `rows` to the table."""


class TemplateStore(Protocol):
    """Service `template_store`: the workspace's memory of log templates, by name of the system."""

    def recall(self, system: str) -> str:
        """Return what is remembered of a system, as `TemplateMemory.pack` gave it; '' when nothing is."""

    def keep(self, system: str, packed: str) -> None:
        """Remember what was learned."""


ReadTable = Callable[[str, str | None, int | None, int | None], Iterator[list[tuple[Any, ...]]]]
"""Service `read_table`: batches of rows of a telemetry table, of a scope (or all), between two times (or all).

The columns are those of `semconv.COLUMNS`.
"""
