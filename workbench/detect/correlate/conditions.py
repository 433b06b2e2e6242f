"""Tells whether a condition of a rule holds for a signal: the language of flows, evaluated over plain values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from workbench.errors import BadInput
from workbench.flow.expression.operators import SIGNS
from workbench.flow.expression.parser import columns_of, parse
from workbench.flow.expression.printing import to_text
from workbench.flow.expression.tree import Binary, Call, Column, Expr, In, Literal, Unary

LONGEST_TEXT = 10_000
"""Characters of a value that `matches` and `extract` look at."""


def _search(text: str, pattern: str) -> re.Match[str] | None:
    return re.search(pattern, text[:LONGEST_TEXT])


def _extract(text: str, pattern: str) -> str:
    found = _search(text, pattern)
    return "" if found is None else (found.group(1) if found.re.groups else found.group()) or ""


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "contains": lambda text, part: part in text,
    "endswith": str.endswith,
    "extract": _extract,
    "is_none": lambda value: value is None,
    "len": len,
    "lower": str.lower,
    "matches": lambda text, pattern: bool(_search(text, pattern)),
    "replace": str.replace,
    "round": round,
    "slice": lambda text, start, end: text[start:end],
    "startswith": str.startswith,
    "strip": str.strip,
    "to_integer": int,
    "to_number": float,
    "to_text": str,
    "upper": str.upper,
}


def fault_of(text: str, example: Mapping[str, Any]) -> str:
    """Return what is wrong with a condition in one sentence, '' when nothing is.

    Args:
        text: The condition.
        example: A value for each field there is; `label.<name>` is always a field.
    """
    try:
        unknown = [name for name in columns_of(text) if name not in example and not name.startswith("label.")]
        if unknown:
            return f"there is no field {unknown[0]!r}; there are {', '.join(example)} and label.<name>"
        found = evaluate(text, example)
    except (BadInput, ValueError) as error:
        return str(error)
    return "" if isinstance(found, bool) else f"{text!r} gives {found!r}; a condition has to give true or false"


def holds(text: str, values: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds; it does not where a value that it needs is missing or of another type."""
    try:
        return evaluate(text, values) is True
    except BadInput:
        return False


def evaluate(text: str, values: Mapping[str, Any]) -> Any:
    """Return the value of an expression over the fields of one signal.

    Raises:
        BadInput: the text is no expression, or an operation does not fit the values.
    """
    try:
        return _value(parse(text), values)
    except (TypeError, ValueError, ArithmeticError, re.error) as error:
        raise BadInput(f"{text!r} cannot be computed: {error}") from error


def _value(node: Expr, values: Mapping[str, Any]) -> Any:
    match node:
        case Literal(value=value):
            return value
        case Column(name=name):
            # A label that a signal does not have is empty text, so that a rule on it does not hold.
            return values.get(name, "") if name.startswith("label.") else values.get(name)
        case Unary(operator="not", operand=operand):
            return _value(operand, values) is not True
        case Unary(operand=operand):
            return -_value(operand, values)
        case In(operand=operand, options=options, negated=negated):
            return (_value(operand, values) in [option.value for option in options]) is not negated
        case Binary(operator="and", left=left, right=right):
            return _value(left, values) is True and _value(right, values) is True
        case Binary(operator="or", left=left, right=right):
            return _value(left, values) is True or _value(right, values) is True
        case Binary(operator=sign, left=left, right=right):
            return _binary(sign, _value(left, values), _value(right, values))
        case Call(name="if_else", arguments=(condition, then, other)):
            return _value(then if _value(condition, values) is True else other, values)
        case Call(name=name, arguments=parts) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(part, values) for part in parts))
    raise BadInput(f"`{to_text(node)}` cannot be used in a rule")


def _binary(sign: str, left: Any, right: Any) -> Any:
    if (left is None or right is None) and sign in ("<", "<=", ">", ">="):
        return False
    return SIGNS[sign](left, right)
