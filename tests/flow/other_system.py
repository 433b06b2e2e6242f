"""A system outside of the workbench, in memory: a list of entries, reachable or not, that takes rows or does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from workbench.errors import BadInput, Unreachable
from workbench.flow.following import Follower, Following
from workbench.flow.services import Sink, Source
from workbench.flow.writing import Change, Writer, Writing, latest

WHERE = "memory://system"


@dataclass
class System:
    """What both tests of the bases speak with."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    """Its contents, oldest first; one with `gone` tells that the row with its `n` went away."""
    fails: list[Callable[[], None]] = field(default_factory=list)
    """Called one after another at each request until none is left; may raise."""
    connections: int = 0
    open: int = 0
    written: list[list[tuple[Any, bool]]] = field(default_factory=list)

    @contextmanager
    def connect(self) -> Iterator[System]:
        self.connections += 1
        self.request()
        self.open += 1
        try:
            yield self
        finally:
            self.open -= 1

    def request(self) -> None:
        if self.fails:
            self.fails.pop(0)()


def unreachable() -> None:
    raise Unreachable(WHERE, "connection refused")


def works() -> None:
    pass


class Read(Following):
    """Read the entries."""


class Reader(Follower):
    def __init__(self, node: Read, system: System, source: Source, key: Sequence[str] = ()) -> None:
        super().__init__(node, source, key)
        self.system = system

    def connect(self) -> Any:
        return self.system.connect()

    def poll(self, connection: System) -> None:
        start = json.loads(self.offset or "0")
        for number, entry in enumerate(connection.entries[start:], start + 1):
            connection.request()
            if "gone" in entry:
                self.take_back(entry)
            else:
                self.take(entry, where=WHERE, place=number)
            if number % 2 == 0 or number == len(connection.entries):
                self.reached(str(number))
            if self.stopping:
                return


class Write(Writing):
    """Write the rows."""


class SystemWriter(Writer):
    def __init__(self, node: Write, system: System, sink: Sink, key: Sequence[str] = ()) -> None:
        super().__init__(node, sink, WHERE)
        self.system, self.key = system, key

    def connect(self) -> Any:
        return self.system.connect()

    def arrange(self, changes: list[Change]) -> Any:
        return latest(changes, self.key) if self.key else changes

    def write(self, connection: System, changes: Sequence[Change]) -> None:
        connection.request()
        bad = [change.values["n"] for change in changes if change.values["n"] < 0]
        if bad:
            raise BadInput(f"n = {bad[0]} is negative", where=WHERE)
        connection.written.append([(change.values["n"], change.added) for change in changes])
