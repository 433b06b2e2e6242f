"""Runs a node type on the rows of its example, for tests of nodes, ours and those of plug-ins."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pathway as pw
from pathway.internals.parse_graph import G

from workbench.errors import BadInput
from workbench.flow.example import Grid
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Source
from workbench.flow.types import TYPES, column_schemas
from workbench.flow.values import convert


def try_example(kind: type[Node]) -> tuple[list[Any], list[Any]]:
    """Return what a node makes of its example through Pathway, and what the example says; each begins with the columns.

    Raises:
        BadInput: the node type has no example, or one for other ports than it has.
    """
    shown = kind.example
    if shown is None or shown.output is None:
        raise BadInput(f"{kind.kind} has no example")
    ports = [port.name for port in kind.inputs()]
    odd = sorted(set(shown.inputs) - set(ports))
    if odd:
        raise BadInput(f"{kind.kind} has no input {odd[0]!r}, but its example has")
    G.clear()
    tables = [_table(one) for port in ports for one in shown.inputs.get(port, [])]
    services = {"source": Source("example", threading.Event(), _reject)}
    node = kind.model_validate(shown.settings)
    made: Rows = node.build(*tables, **{name: services[name] for name in kind.services()})
    columns = [f"{one.name} {one.type}" for one in column_schemas(made)]
    expected = [f"{name} {type_}" for name, type_ in shown.output.columns.items()]
    found = _rows(made)
    G.clear()
    return [*columns, *found], [*expected, *sorted(_values(shown.output), key=repr)]


def _reject(*, uri: str, line: int, reason: str, raw: str) -> None:
    raise BadInput(reason, where=f"{uri}:{line}")


def _values(grid: Grid) -> list[tuple[Any, ...]]:
    kinds = list(grid.columns.values())
    return [
        tuple(None if value is None else convert(value, kind) for value, kind in zip(row, kinds, strict=True))
        for row in grid.rows
    ]


def _table(grid: Grid) -> Rows:
    missing = {name for place, name in enumerate(grid.columns) if any(row[place] is None for row in grid.rows)}
    types = {name: TYPES[kind] | None if name in missing else TYPES[kind] for name, kind in grid.columns.items()}
    return pw.debug.table_from_rows(pw.schema_from_types(**types), _values(grid))


def _rows(table: Rows) -> list[tuple[Any, ...]]:
    left: dict[Any, tuple[Any, ...]] = {}

    def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
        values = tuple(row.values())
        if is_addition:
            left[key] = values
        elif left.get(key) == values:
            del left[key]

    pw.io.subscribe(table, on_change=on_change)
    with _quiet():
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    return sorted(left.values(), key=repr)


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out that the engine tells of its start and its end; warnings are told."""
    before = logging.root.manager.disable
    logging.disable(max(before, logging.INFO))
    try:
        yield
    finally:
        logging.disable(before)
