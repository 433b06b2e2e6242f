"""Makes a Pathway expression of a text, with none (no value) as SQL has it.

None goes through operators and functions; `and` and `or` know when one side decides; a condition that is none counts
as not true. Pathway's operators refuse what may be none, so each part is kept apart from whether it is none.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import pathway as pw

from workbench.errors import BadExpression
from workbench.flow.expression.analysis import Analysis, analyse, analyse_tree
from workbench.flow.expression.functions import FUNCTIONS, least_or_most, length, lifted, time_unix_nano, to_text
from workbench.flow.expression.kinds import Typed
from workbench.flow.expression.operators import SIGNS
from workbench.flow.expression.signatures import SIGNATURES
from workbench.flow.expression.tree import Binary, Call, Column, Expr, In, Literal, Unary
from workbench.flow.types import column_schemas

MAX_COST = 20_000
"""Operations of one expression as Pathway sees it: what may be none is computed twice, once for its value."""


def compute(text: str, rows: Any) -> Any:
    """Return the Pathway expression of a text over the columns of a table; it is none where a value is missing.

    Raises:
        BadExpression: the text is not well written or does not fit the columns; says where.
    """
    return _made(analyse(text, types_of(rows)), rows).whole_or_none()


def condition(text: str, rows: Any) -> Any:
    """Return the Pathway expression of a condition: false where it is none.

    Raises:
        BadExpression: the text is not well written, does not fit the columns, or is no condition.
    """
    return _condition(text, _made(analyse(text, types_of(rows)), rows))


def compute_tree(text: str, tree: Expr, rows: Any) -> Any:
    """Return the Pathway expression of a tree whose places are those of a text; raises `BadExpression`."""
    return _made(analyse_tree(text, tree, types_of(rows)), rows).whole_or_none()


def condition_of_tree(text: str, tree: Expr, rows: Any) -> Any:
    """Return the Pathway expression of a condition, false where it is none; raises `BadExpression`."""
    return _condition(text, _made(analyse_tree(text, tree, types_of(rows)), rows))


def _condition(text: str, made: _Made) -> Any:
    if made.kind not in ("boolean", "unknown"):
        raise BadExpression(
            text, f"it gives {made.kind}, but a condition has to be true or false", (0, len(text)),
            hint="Compare it with something",
        )  # fmt: skip
    return made.filled(False)


def types_of(rows: Any) -> dict[str, Typed]:
    """Return the kinds of the columns of a table."""
    return {column.name: Typed(column.type, column.nullable) for column in column_schemas(rows)}


@dataclass(slots=True)
class _Made:
    """A part of an expression: what it is where it is something, and where it is none."""

    kind: str
    value: Any
    """Right where `none` is false; elsewhere it may be an error."""
    none: Any = None
    """Whether it is none; None when it never is."""
    whole: Any = None
    """The same with none in it, where that was there first."""
    low: Any = None
    """Of `and`, `or`, `not`: with none taken as false."""
    high: Any = None
    cost: int = 1

    def whole_or_none(self) -> Any:
        if self.none is None:
            return self.value
        return self.whole if self.whole is not None else pw.if_else(self.none, None, self.value)

    def filled(self, instead: bool) -> Any:
        """Return a condition in which none is taken as true or false."""
        if self.none is None:
            return self.value
        ready = self.high if instead else self.low
        return ready if ready is not None else pw.if_else(self.none, instead, self.value)


def _made(analysis: Analysis, rows: Any) -> _Made:
    if analysis.faults:
        raise analysis.faults[0]
    return _Compiler(analysis, rows).make(analysis.tree)


class _Compiler:
    def __init__(self, analysis: Analysis, rows: Any) -> None:
        self.analysis, self.rows = analysis, rows

    def make(self, node: Expr) -> _Made:
        made = self.part(node)
        if made.cost > MAX_COST:
            place = (node.place.start, node.place.end)
            raise BadExpression(
                self.analysis.text, "it is too complex", place, hint="Compute parts of it in columns of their own"
            )
        return made

    def part(self, node: Expr) -> _Made:
        match node:
            case Literal(value=value):
                kind = self.analysis.of(node).kind
                return _Made(kind, value if value is None else lifted(value, kind))
            case Column(name=name):
                return self.column(node, name)
            case Unary(operator="not", operand=operand):
                made = self.make(operand)
                return _logical(~made.filled(True), ~made.filled(False), made)
            case Unary(operand=operand):
                made = self.make(operand)
                return _Made(made.kind, -made.value, made.none, cost=made.cost + 1)
            case In(operand=operand, options=options, negated=negated):
                return self.tested(self.make(operand), options, negated)
            case Binary(operator=sign) if sign in ("and", "or"):
                return self.joined(sign, self.make(node.left), self.make(node.right))
            case Binary():
                return self.binary(node)
            case Call():
                return self.call(node)

    def column(self, node: Column, name: str) -> _Made:
        typed, column = self.analysis.of(node), self.rows[name]
        if not typed.nullable:
            return _Made(typed.kind, column)
        return _Made(typed.kind, pw.unwrap(column), column.is_none(), column)

    def tested(self, operand: _Made, options: tuple[Literal, ...], negated: bool) -> _Made:
        found = operand.value == options[0].value
        for option in options[1:]:
            found = found | (operand.value == option.value)
        return _Made("boolean", ~found if negated else found, operand.none, cost=operand.cost + len(options))

    def joined(self, sign: str, left: _Made, right: _Made) -> _Made:
        join = operator.and_ if sign == "and" else operator.or_
        low, high = (join(left.filled(fill), right.filled(fill)) for fill in (False, True))
        return _logical(low, high, left, right)

    def binary(self, node: Binary) -> _Made:
        left, right = self.make(node.left), self.make(node.right)
        if "none" in (left.kind, right.kind):
            tested = right if left.kind == "none" else left
            is_none = _never(tested) if tested.none is None else tested.none
            return _Made("boolean", is_none if node.operator == "==" else ~is_none, cost=tested.cost)
        value = SIGNS[node.operator](left.value, right.value)
        return _Made(self.analysis.of(node).kind, value, _either(left, right), cost=left.cost + right.cost + 1)

    def call(self, node: Call) -> _Made:
        parts = [self.make(part) for part in node.arguments]
        kind = self.analysis.of(node).kind
        match node.name:
            case "if_else":
                return _choice(kind, parts)
            case "case":
                last = len(parts) - len(parts) % 2
                made = parts[last] if last < len(parts) else _Made("none", None)
                for place in range(last - 2, -1, -2):
                    made = _choice(kind, [parts[place], parts[place + 1], made])
                return made
            case "coalesce":
                return _first(kind, parts)
            case "is_none":
                return _Made(
                    "boolean", _never(parts[0]) if parts[0].none is None else parts[0].none, cost=parts[0].cost
                )
            case "null_if":
                left, right = parts
                equal = left.value == right.value
                none = equal if right.none is None else pw.if_else(right.none, False, equal)
                none = none if left.none is None else pw.if_else(left.none, True, none)
                return _Made(kind, _as(kind, left), none, cost=2 * left.cost + right.cost)
            case "fingerprint":
                whole = [part.whole_or_none() for part in parts]
                return _Made(kind, FUNCTIONS["fingerprint"](*whole), cost=sum(part.cost for part in parts) + 1)
            case _:
                return self.function(node, kind, parts)

    def function(self, node: Call, kind: str, parts: list[_Made]) -> _Made:
        signature = SIGNATURES[node.name]
        values = [
            written.value if signature.parameter(place).constant and isinstance(written, Literal) else part.value
            for place, (part, written) in enumerate(zip(parts, node.arguments, strict=True))
        ]
        found = _call(node.name, kind, values, [part.kind for part in parts])
        none, cost = _either(*parts), sum(part.cost for part in parts) + 1
        if not signature.may_be_none:
            return _Made(kind, found, none, cost=cost)
        empty = found.is_none() if none is None else pw.if_else(none, True, found.is_none())
        return _Made(kind, pw.unwrap(found), empty, found if none is None else None, cost=2 * cost)


def _call(name: str, kind: str, values: list[Any], kinds: list[str]) -> Any:
    match name:
        case "len":
            return length(values[0], kinds[0])
        case "to_text":
            return to_text(values[0], kinds[0])
        case "concat":
            return FUNCTIONS["concat"](*(to_text(value, of) for value, of in zip(values, kinds, strict=True)))
        case "time_unix_nano":
            return time_unix_nano(values[0], kinds[0], *values[1:])
        case "min" | "max":
            return least_or_most(name, kind, *values)
        case _:
            return FUNCTIONS[name](*values)


def _logical(low: Any, high: Any, *parts: _Made) -> _Made:
    if all(part.none is None for part in parts):
        return _Made("boolean", low, cost=sum(part.cost for part in parts) + 1)
    # What is itself `and`, `or` or `not` has both forms ready; anything else is asked twice.
    cost = sum(part.cost if part.low is not None else 2 * part.cost for part in parts) + 1
    # Where what counts for none makes a difference, the result is none.
    return _Made("boolean", high, high & ~low, low=low, high=high, cost=cost)


def _either(*parts: _Made) -> Any:
    found = None
    for part in parts:
        if part.none is not None:
            found = part.none if found is None else found | part.none
    return found


def _never(part: _Made) -> Any:
    return lifted(False, "boolean") if part.value is not None else lifted(True, "boolean")


def _as(kind: str, part: _Made) -> Any:
    return pw.cast(float, part.value) if kind == "number" and part.kind == "integer" else part.value


def _choice(kind: str, parts: list[_Made]) -> _Made:
    chosen, then, other = parts[0].filled(False), parts[1], parts[2]
    cost = 2 * parts[0].cost + then.cost + other.cost + 1
    if then.kind == "none" or other.kind == "none":
        real = other if then.kind == "none" else then
        by_choice = chosen if then.kind == "none" else ~chosen
        none = by_choice if real.none is None else by_choice | real.none
        return _Made(kind, _as(kind, real), none, cost=cost)
    value = pw.if_else(chosen, _as(kind, then), _as(kind, other))
    if then.none is None and other.none is None:
        return _Made(kind, value, cost=cost)
    nones = [False if part.none is None else part.none for part in (then, other)]
    return _Made(kind, value, pw.if_else(chosen, *nones), cost=cost)


def _first(kind: str, parts: list[_Made]) -> _Made:
    known = [part for part in parts if part.kind != "none"]
    made = known[-1]
    made = _Made(kind, _as(kind, made), made.none, cost=made.cost)
    for part in reversed(known[:-1]):
        if part.none is None:
            made = _Made(kind, _as(kind, part), cost=part.cost)
            continue
        value = pw.if_else(part.none, made.value, _as(kind, part))
        none = None if made.none is None else part.none & made.none
        made = _Made(kind, value, none, cost=2 * part.cost + made.cost + 1)
    return made
