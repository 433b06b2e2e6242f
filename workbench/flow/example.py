"""Examples of node types: rows in, rows out. The docs show them and a test runs each through the engine."""

from __future__ import annotations

from typing import Any, get_args

from workbench.facts.evidence import Frozen
from workbench.flow.fields import ColumnType

_INFERRED: dict[type, ColumnType] = {bool: "boolean", int: "integer", float: "number", str: "text"}


class Grid(Frozen):
    """Some rows, with the names and types of their columns."""

    columns: dict[str, ColumnType]
    rows: list[tuple[Any, ...]]
    """Values as they would stand in a file: times and durations as text."""

    def markdown(self) -> str:
        """Return the rows as a table."""
        lines = ["| " + " | ".join(self.columns) + " |", "|" + " --- |" * len(self.columns)]
        shown = [[_shown(value) for value in row] for row in self.rows]
        return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in shown)])


class Example(Frozen):
    """Settings of a node, rows for its inputs, and the rows that it then puts out, in any order.

    A source finds `files` or takes what is `sent`; a sink leaves `leaves` behind. Files of databases stand as SQL,
    those of Parquet, tables of lakes, and what sinks leave in databases, as lines of JSON. Of a node that asks another
    system there are only settings, to begin with.
    """

    settings: dict[str, Any]
    inputs: dict[str, list[Grid]] = {}
    """Port -> the rows of each wire."""
    output: Grid | None = None
    """None for a sink; of a source perhaps only some of its columns."""
    files: dict[str, str] = {}
    """What is there before, by path."""
    sent: dict[str, str] = {}
    """What others send: the path of an HTTP request and its body, or `udp` and a datagram."""
    leaves: dict[str, str] = {}
    """What is there afterwards, by path; the engine's time is 1."""

    @property
    def runs(self) -> bool:
        """Whether it can be tried here: something comes out, or is left behind."""
        return self.output is not None or bool(self.leaves)


def grid(columns: str, *rows: tuple[Any, ...]) -> Grid:
    """Return rows; each column is its name, or name:type where the first value does not show it."""
    types: dict[str, ColumnType] = {}
    for place, written in enumerate(columns.split()):
        name, _, kind = written.partition(":")
        seen = next((row[place] for row in rows if row[place] is not None), "")
        found = kind if kind in get_args(ColumnType) else _INFERRED[type(seen)]
        types[name] = found  # type: ignore[assignment]
    return Grid(columns=types, rows=list(rows))


def example(settings: dict[str, Any], output: Grid, *wires: Grid, **ports: Grid) -> Example:
    """Return an example; rows without a name go to the port `rows`."""
    inputs = {name: [one] for name, one in ports.items()}
    return Example(settings=settings, inputs={**inputs, **({"rows": list(wires)} if wires else {})}, output=output)


def reads(settings: dict[str, Any], output: Grid, files: dict[str, str]) -> Example:
    """Return an example of a source that reads files, by path."""
    return Example(settings=settings, output=output, files=files)


def receives(settings: dict[str, Any], output: Grid, sent: dict[str, str]) -> Example:
    """Return an example of a receiver."""
    return Example(settings=settings, output=output, sent=sent)


def asks(settings: dict[str, Any]) -> Example:
    """Return an example of a node that speaks with another system, which has to be there: no more than settings."""
    return Example(settings=settings)


def writes(settings: dict[str, Any], rows: Grid, leaves: dict[str, str]) -> Example:
    """Return an example of a sink that writes files, by path."""
    return Example(settings=settings, inputs={"rows": [rows]}, leaves=leaves)


def _shown(value: Any) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text.replace("|", "\\|")
