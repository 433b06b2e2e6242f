"""Finds the rows that fail in a node, for nodes that compute each row by itself: columns, conditions, functions.

Pathway's log of errors has the operator and the message, but not the row. A column of a failed row holds an error,
which an expression can ask for; so the input rows whose output has one are picked out where they pass, and nothing is
kept. That is one operator more, so nodes whose expressions cannot fail are left out. Nodes that put rows together
(groups, joins, windows) have no such row, and their errors have only a message.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pathway as pw
from pathway.internals import dtype as dt
from pathway.internals.column import ColumnWithReference, FilterContext
from pathway.internals.expression import (
    CastExpression,
    CoalesceExpression,
    ColumnBinaryOpExpression,
    ColumnConstExpression,
    ColumnReference,
    ColumnUnaryOpExpression,
    DeclareTypeExpression,
    IfElseExpression,
    IsNoneExpression,
    IsNotNoneExpression,
)
from pathway.internals.parse_graph import G
from pathway.internals.shadows import operator

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
    if not any(_may_fail(one, {id(column) for column in rows._columns.values()}) for one in computed):
        return None
    # One operator more is most of the cost; a tuple with an error in it is an error.
    looked_at = computed[0] if len(computed) == 1 else pw.make_tuple(*computed)
    return rows.filter(pw.fill_error(looked_at.is_none() & False, True))


def _computed(rows: Rows, output: Rows) -> list[Any]:
    """Return the columns of the output that are not just those of the input."""
    given = {id(column) for column in rows._columns.values()}
    return [output[name] for name, column in output._columns.items() if id(_origin(column, given)) not in given]


def _condition(rows: Rows, output: Rows) -> list[Any]:
    """Return the condition by which the output was picked out of the input."""
    contexts: list[Any] = [getattr(column, "context", None) for column in output._columns.values()]
    if not contexts or not all(isinstance(context, FilterContext) for context in contexts):
        return []
    column = contexts[0].filtering_column
    of_input = G.universe_solver.query_are_equal(column.universe, rows._universe)
    return [column.expression] if of_input and hasattr(column, "expression") else []


def _may_fail(expression: Any, given: set[int]) -> bool:
    """Tell whether an expression may have no value for some row: what it does is not one of the harmless things."""
    match expression:
        case ColumnConstExpression():
            return False
        case ColumnReference():
            column = _origin(expression._column, given)
            if id(column) in given:
                return False
            return not hasattr(column, "expression") or _may_fail(column.expression, given)
        case ColumnBinaryOpExpression(_left=left, _right=right):
            divides = expression._operator in _DIVIDING
            divisor = right._expr if isinstance(right, DeclareTypeExpression) else right
            by_number = isinstance(divisor, ColumnConstExpression) and divisor._val not in (0, 0.0)
            harmless = expression._operator in _HARMLESS or (divides and by_number)
            return not harmless or _may_fail(left, given) or _may_fail(right, given)
        case CastExpression(_return_type=kind, _expr=inner):
            whole = isinstance(inner, ColumnReference) and inner._column.dtype == dt.INT
            return not (whole and kind == dt.FLOAT) or _may_fail(inner, given)
        case CoalesceExpression(_args=several):
            return any(_may_fail(one, given) for one in several)
        case DeclareTypeExpression(_expr=inner):
            return _may_fail(inner, given)
        case ColumnUnaryOpExpression(_expr=inner) | IsNoneExpression(_expr=inner) | IsNotNoneExpression(_expr=inner):
            return _may_fail(inner, given)
        case IfElseExpression(_if=asked, _then=then, _else=other):
            return any(_may_fail(one, given) for one in (asked, then, other))
        case _:
            return True


_HARMLESS = {
    operator.add,
    operator.sub,
    operator.mul,
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.and_,
    operator.or_,
    operator.xor,
}
_DIVIDING = {operator.truediv, operator.floordiv, operator.mod}


def _origin(column: Any, given: set[int]) -> Any:
    """Return the column that was computed, behind columns that only pass it on; one that is given goes no further."""
    while isinstance(column, ColumnWithReference) and id(column) not in given:
        column = column.expression._column
    return column
