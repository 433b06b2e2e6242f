"""Finds the rows that fail in a node, for nodes that compute each row by itself: columns, conditions, functions.

Pathway's log of errors has the operator and the message, but not the row. A column of a failed row holds an error,
which an expression can ask for; so the input rows whose output has one are picked out where they pass, and nothing is
kept. Nodes that put rows together (groups, joins, windows) have no such row, and their errors have only a message.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pathway as pw
from pathway.internals.column import ColumnWithReference, FilterContext
from pathway.internals.parse_graph import G

from workbench.flow.rows import Rows


def failing_rows(inputs: Sequence[Rows], output: Rows) -> Rows | None:
    """Return the rows of a node's input that fail in it; None when that cannot be told, or when none can fail.

    Args:
        inputs: What the node reads.
        output: What it has built of that.
    """
    if len(inputs) != 1:
        return None
    (rows,) = inputs
    same = G.universe_solver.query_are_equal(rows._universe, output._universe)
    computed = _computed(rows, output) if same else _condition(rows, output)
    if not computed:
        return None
    # One operator more is most of the cost; a tuple with an error in it is an error.
    looked_at = computed[0] if len(computed) == 1 else pw.make_tuple(*computed)
    return rows.filter(pw.fill_error(looked_at.is_none() & False, True))


def _computed(rows: Rows, output: Rows) -> list[Any]:
    """Return the columns of the output that are not just those of the input."""
    given = {id(column) for column in rows._columns.values()}
    return [output[name] for name, column in output._columns.items() if id(_origin(column)) not in given]


def _condition(rows: Rows, output: Rows) -> list[Any]:
    """Return the condition by which the output was picked out of the input."""
    contexts: list[Any] = [getattr(column, "context", None) for column in output._columns.values()]
    if not contexts or not all(isinstance(context, FilterContext) for context in contexts):
        return []
    column = contexts[0].filtering_column
    of_input = G.universe_solver.query_are_equal(column.universe, rows._universe)
    return [column.expression] if of_input and hasattr(column, "expression") else []


def _origin(column: Any) -> Any:
    while isinstance(column, ColumnWithReference):
        column = column.expression._column
    return column
