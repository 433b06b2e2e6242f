"""A small language of computations over columns, such as `duration_ms / 1000` or `lower(level) == "error"`.

Python's syntax, but only what the tables below allow: names are columns, `col("odd name")` is a column too. Nothing is
evaluated as Python; the text becomes a Pathway expression.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from workbench.errors import BadInput

MAX_LENGTH = 2000
BINARY: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.And: operator.and_,
    ast.Or: operator.or_,
}
"""Operators of the language; they work on columns and on plain values alike."""
_UNARY: dict[type[ast.AST], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    # `not` on a column is an error in Pathway; `~` is its negation.
    ast.Not: operator.invert,
}
FUNCTIONS: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "coalesce": (2, 8),
    "contains": (2, 2),
    "endswith": (2, 2),
    "extract": (2, 2),
    "if_else": (3, 3),
    "is_none": (1, 1),
    "len": (1, 1),
    "lower": (1, 1),
    "matches": (2, 2),
    "replace": (3, 3),
    "round": (1, 2),
    "slice": (3, 3),
    "startswith": (2, 2),
    "strip": (1, 1),
    "time_unix_nano": (2, 2),
    "to_integer": (1, 1),
    "to_number": (1, 1),
    "to_text": (1, 1),
    "upper": (1, 1),
}
"""Functions of the language with the smallest and largest number of arguments."""


def parse(text: str) -> ast.expr:
    """Return the syntax tree of an expression.

    Raises:
        BadInput: it is not an expression or uses something the language does not have.
    """
    if len(text) > MAX_LENGTH:
        raise BadInput(f"an expression of {len(text)} characters is longer than {MAX_LENGTH}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise BadInput(f"{text!r} is not an expression: {getattr(error, 'msg', error)}") from error
    _check(tree)
    return tree


def columns_of(text: str) -> list[str]:
    """Return the names of the columns an expression reads, sorted; raises `BadInput`."""
    names: set[str] = set()
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "col":
            names.add(ast.literal_eval(node.args[0]))
        elif isinstance(node, ast.Name) and node.id not in FUNCTIONS and node.id != "col":
            names.add(node.id)
    return sorted(names)


def compute(text: str, rows: Any) -> Any:
    """Return the Pathway expression of a text over the columns of a table; raises `BadInput` and Pathway's errors."""
    return _expression(parse(text), rows)


def _check(node: ast.expr) -> None:
    match node:
        case ast.Constant(value=str() | int() | float() | bool() | None) | ast.Name():
            return
        case ast.BoolOp(op=op, values=parts) if type(op) in BINARY:
            pass
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            parts = [left, right]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            parts = [operand]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in BINARY:
            parts = [left, right]
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[ast.Tuple() | ast.List() as options]):
            if not options.elts or not all(isinstance(option, ast.Constant) for option in options.elts):
                raise BadInput("what stands after `in` has to be a list of values", hint='Such as level in ["ERROR"]')
            parts = [left]
        case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=str())], keywords=[]):
            return
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in FUNCTIONS:
            low, high = FUNCTIONS[name]
            if not low <= len(parts) <= high:
                raise BadInput(f"{name}() takes {low if low == high else f'{low} to {high}'} values, not {len(parts)}")
        case _:
            raise BadInput(
                f"`{ast.unparse(node)}` is not part of the expression language",
                hint="It has columns, values, + - * / // %, comparisons, and, or, not, in, " + ", ".join(FUNCTIONS),
            )
    for part in parts:
        _check(part)


def _expression(node: ast.expr, rows: Any) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return rows[name]
        case ast.BoolOp(op=op, values=parts):
            result = _expression(parts[0], rows)
            for part in parts[1:]:
                result = BINARY[type(op)](result, _expression(part, rows))
            return result
        case ast.BinOp(left=left, op=op, right=right):
            return BINARY[type(op)](_expression(left, rows), _expression(right, rows))
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_expression(operand, rows))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compare(_expression(left, rows), op, right, rows)
        case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=name)]):
            return rows[name]
        case ast.Call(func=ast.Name(id=name), args=parts):
            return _call(name, [_expression(part, rows) for part in parts])
    raise BadInput(f"`{ast.unparse(node)}` is not part of the expression language")


def _compare(left: Any, op: ast.cmpop, right: ast.expr, rows: Any) -> Any:
    if isinstance(op, (ast.In, ast.NotIn)):
        options = ast.literal_eval(right)
        found = left == options[0]
        for option in options[1:]:
            found = found | (left == option)
        return ~found if isinstance(op, ast.NotIn) else found
    return BINARY[type(op)](left, _expression(right, rows))


def _call(name: str, values: list[Any]) -> Any:
    import pathway as pw

    first = values[0]
    simple: dict[str, Callable[[], Any]] = {
        "abs": lambda: first.num.abs(),
        "coalesce": lambda: pw.coalesce(*values),
        "contains": lambda: first.str.find(values[1]) >= 0,
        "endswith": lambda: first.str.endswith(values[1]),
        "extract": lambda: _pattern(first, values[1], found=_first_group, kind=str),
        "if_else": lambda: pw.if_else(*values),
        "is_none": lambda: first.is_none(),
        "len": lambda: first.str.len(),
        "lower": lambda: first.str.lower(),
        "matches": lambda: _pattern(first, values[1], found=bool, kind=bool),
        "replace": lambda: first.str.replace(values[1], values[2]),
        "round": lambda: first.num.round(*values[1:]),
        "slice": lambda: first.str.slice(values[1], values[2]),
        "startswith": lambda: first.str.startswith(values[1]),
        "strip": lambda: first.str.strip(),
        "time_unix_nano": lambda: _time_unix_nano(first, values[1]),
        "to_integer": lambda: pw.cast(int, first),
        "to_number": lambda: pw.cast(float, first),
        "to_text": lambda: first.to_string(),
        "upper": lambda: first.str.upper(),
    }
    return simple[name]()


def _time_unix_nano(text: Any, pattern: Any) -> Any:
    import pathway as pw

    # timestamp() gives a float, which has no room for nanoseconds; a difference of times is exact.
    epoch = pw.DateTimeUtc("1970-01-01T00:00:00+00:00") if "%z" in str(pattern) else pw.DateTimeNaive("1970-01-01")
    return (text.dt.strptime(pattern) - epoch).dt.nanoseconds()


def _first_group(match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    return (match.group(1) if match.re.groups else match.group()) or ""


def _pattern(value: Any, pattern: Any, *, found: Callable[[Any], Any], kind: type) -> Any:
    import pathway as pw

    try:
        search = re.compile(pattern).search
    except (re.error, TypeError) as error:
        raise BadInput(f"{pattern!r} is not a regular expression: {error}") from error
    return pw.apply_with_type(lambda text: found(search(text)), kind, value)
