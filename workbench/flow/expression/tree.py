"""What an expression is made of. Places are counted in characters of its text and do not matter for equality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

OPERATORS: dict[str, tuple[int, str]] = {
    "or": (1, "true when either side is"),
    "and": (2, "true when both sides are"),
    "==": (4, "equal"),
    "!=": (4, "not equal"),
    "<": (4, "less"),
    "<=": (4, "less or equal"),
    ">": (4, "greater"),
    ">=": (4, "greater or equal"),
    "+": (5, "sum; texts are joined; a duration moves a time"),
    "-": (5, "difference; of two times it is a duration"),
    "*": (6, "product"),
    "/": (6, "quotient"),
    "//": (6, "quotient, rounded down"),
    "%": (6, "remainder"),
}
"""Operators between two values: how strongly each binds, and what it gives."""
NOT, IN, MINUS = 3, 4, 7
"""How strongly `not`, `in` and the sign bind."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written down."""

    value: str | int | float | bool | None
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Column:
    """The value of a column."""

    name: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`not` or the sign."""

    operator: str
    operand: Expr
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two values."""

    operator: str
    left: Expr
    right: Expr
    place: Place = field(compare=False)
    sign: Place = field(compare=False)
    """Where the operator stands."""


@dataclass(frozen=True, slots=True)
class In:
    """Whether a value is one of a list of literals."""

    operand: Expr
    options: tuple[Literal, ...]
    negated: bool
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language."""

    name: str
    arguments: tuple[Expr, ...]
    place: Place = field(compare=False)


Expr = Literal | Column | Unary | Binary | In | Call


def parts(node: Expr) -> tuple[Expr, ...]:
    """Return what a node is directly made of."""
    match node:
        case Unary(operand=operand) | In(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Call(arguments=arguments):
            return arguments
        case _:
            return ()


def walk(node: Expr) -> Iterator[Expr]:
    """Yield a node and all below it, in the order in which they stand."""
    yield node
    for part in parts(node):
        yield from walk(part)
