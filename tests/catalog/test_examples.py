"""The example of every node type is true: its rows go through Pathway and what comes out is what the docs show."""

from __future__ import annotations

from typing import Any

import pathway as pw
import pytest

from workbench.flow.catalog import load_catalog
from workbench.flow.columns import ColumnSchema
from workbench.flow.example import Grid
from workbench.flow.types import TYPES, column_schemas
from workbench.flow.values import convert

WITH_EXAMPLE = {kind: node for kind, node in load_catalog().items() if node.example}


def values_of(grid: Grid) -> list[tuple[Any, ...]]:
    kinds = list(grid.columns.values())
    return [
        tuple(None if value is None else convert(value, kind) for value, kind in zip(row, kinds, strict=True))
        for row in grid.rows
    ]


def table_of(grid: Grid) -> Any:
    places = {name: place for place, name in enumerate(grid.columns)}
    types = {
        name: TYPES[kind] | None if any(row[places[name]] is None for row in grid.rows) else TYPES[kind]
        for name, kind in grid.columns.items()
    }
    return pw.debug.table_from_rows(pw.schema_from_types(**types), values_of(grid))


@pytest.mark.parametrize("kind", sorted(WITH_EXAMPLE))
def test_the_example_is_true(bench: Any, kind: str) -> None:
    node, shown = WITH_EXAMPLE[kind], WITH_EXAMPLE[kind].example
    assert shown is not None
    ports = [port.name for port in node.inputs()]
    assert set(shown.inputs) <= set(ports)

    tables = [table_of(one) for port in ports for one in shown.inputs.get(port, [])]
    made = node.model_validate(shown.settings)
    every = {"source": bench.source(), "template_store": bench.template_store}
    table = made.build(*tables, **{name: every[name] for name in node.services()})

    columns: list[ColumnSchema] = column_schemas(table)
    assert [(one.name, one.type) for one in columns] == list(shown.output.columns.items())
    assert bench.run(table) == sorted(values_of(shown.output), key=repr)


def test_every_table_and_time_node_has_an_example() -> None:
    groups = ("tables.", "windows.")
    lacking = [kind for kind in load_catalog() if kind.startswith(groups) and kind not in WITH_EXAMPLE]

    # A function of the user lies in a file of his.
    assert lacking == ["tables.python_function"]
