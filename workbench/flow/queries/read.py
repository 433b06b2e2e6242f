"""Parses a query with sqlglot, and says where a fault is."""

from __future__ import annotations

from sqlglot import exp, parse
from sqlglot.errors import ParseError, SqlglotError

from workbench.errors import BadExpression
from workbench.flow.expression.tree import Place

DIALECT = "duckdb"
MAX_LENGTH = 20_000


def read_query(text: str) -> exp.Query:
    """Return the syntax tree of one SELECT; raises `BadExpression`."""
    if len(text) > MAX_LENGTH:
        raise BadExpression(
            text, f"a query of {len(text)} characters is longer than {MAX_LENGTH}", (MAX_LENGTH, len(text))
        )
    try:
        found = [one for one in parse(text, dialect=DIALECT) if one is not None]
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        start = _offset(text, first.get("line") or 1, (first.get("col") or 1) - len(first.get("highlight") or "x"))
        what = str(first.get("description") or error).split(" for <class")[0].rstrip(".")
        raise BadExpression(text, f"not SQL: {what}", (start, start + len(first.get("highlight") or "x"))) from error
    except (SqlglotError, RecursionError, ValueError) as error:
        said = str(error).split("\n", 1)[0] or type(error).__name__
        raise BadExpression(text, f"not SQL: {said}", (0, len(text))) from error
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise BadExpression(text, "there has to be one SELECT", (0, len(text)), hint="Such as SELECT * FROM a")
    return found[0]


def place_of(node: exp.Expr, text: str) -> Place:
    """Return where a part of a query stands, as far as its names tell; the whole query otherwise."""
    found = [one.meta for one in node.walk() if "start" in one.meta]
    if not found:
        return Place(0, len(text))
    return Place(min(one["start"] for one in found), max(one["end"] for one in found) + 1)


def refuse(text: str, node: exp.Expr, what: str, hint: str = "") -> BadExpression:
    """Return the error for a part of a query."""
    place = place_of(node, text)
    return BadExpression(text, what, (place.start, place.end), hint=hint)


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return min(len(text), sum(len(one) + 1 for one in lines[: line - 1]) + max(0, column))
