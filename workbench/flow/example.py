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
    """Settings of a node, rows for its inputs, and the rows that it then puts out, in any order."""

    settings: dict[str, Any]
    inputs: dict[str, list[Grid]]
    """Port -> the rows of each wire."""
    output: Grid


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


def _shown(value: Any) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text.replace("|", "\\|")
