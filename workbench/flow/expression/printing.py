"""Writes a tree as the text of an expression; read again it is the same tree."""

from __future__ import annotations

import re

from workbench.flow.expression.tokens import WORDS
from workbench.flow.expression.tree import IN, MINUS, NOT, OPERATORS, Binary, Call, Column, Expr, In, Literal, Unary

_PLAIN_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def to_text(node: Expr) -> str:
    """Return the expression with no more brackets than it needs."""
    return _text(node, 0)


def quoted(text: str) -> str:
    """Return a text as a literal."""
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in text) + '"'


def column(name: str) -> str:
    """Return a column as it is written: its name, or col("its name")."""
    return name if _PLAIN_NAME.fullmatch(name) and name not in WORDS else f"col({quoted(name)})"


def _text(node: Expr, around: int) -> str:
    match node:
        case Literal(value=value):
            # A negative number is read as one word, but not behind another sign.
            return _bracketed(_literal(value), MINUS if _literal(value).startswith("-") else MINUS + 1, around)
        case Column(name=name):
            return column(name)
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(to_text(part) for part in arguments)})"
        case Unary(operator="not", operand=operand):
            return _bracketed(f"not {_text(operand, NOT)}", NOT, around)
        case Unary(operand=operand):
            inner = _text(operand, MINUS)
            # "-5" would be a number, and "--x" is hard to read.
            plain = isinstance(operand, (Column, Call))
            return _bracketed(f"-{inner}" if plain else f"-({to_text(operand)})", MINUS, around)
        case In(operand=operand, options=options, negated=negated):
            word = "not in" if negated else "in"
            listed = ", ".join(_literal(option.value) for option in options)
            return _bracketed(f"{_text(operand, IN + 1)} {word} [{listed}]", IN, around)
        case Binary(operator=operator, left=left, right=right):
            strength = OPERATORS[operator][0]
            # Comparisons cannot be chained, so both of their sides are bracketed.
            first = _text(left, strength + 1 if strength == IN else strength)
            return _bracketed(f"{first} {operator} {_text(right, strength + 1)}", strength, around)


def _bracketed(text: str, strength: int, around: int) -> str:
    return f"({text})" if strength < around else text


def _literal(value: str | int | float | bool | None) -> str:
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    return repr(value)
