"""Kinds of values in an expression, and which of them an operator takes."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.flow.columns import PlainType

NUMBERS: tuple[PlainType, ...] = ("integer", "number")
_TIMES: tuple[PlainType, ...] = ("time", "local_time")
ORDERED: tuple[PlainType, ...] = ("integer", "number", "text", "time", "local_time", "duration", "boolean")
"""Kinds of which one value is less than another."""
PHRASES: dict[str, str] = {
    "text": "text",
    "integer": "a number",
    "number": "a number",
    "boolean": "true or false",
    "time": "a time",
    "local_time": "a time without a zone",
    "duration": "a duration",
    "json": "JSON",
    "bytes": "bytes",
    "list": "a list",
    "unknown": "of unknown type",
    "none": "nothing",
}
"""How a sentence calls a kind."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What is known of a value: its kind, and whether it may be none."""

    kind: str
    """A `PlainType`, or `none` for the literal."""
    nullable: bool = False

    def text(self) -> str:
        """Return it for people."""
        return self.kind + " or none" * self.nullable


UNKNOWN = Typed("unknown")


def result_of(operator: str, left: str, right: str) -> str | None:
    """Return the kind that an operator gives; None when it does not take these kinds."""
    if "unknown" in (left, right):
        return "boolean" if operator in ("==", "!=", "<", "<=", ">", ">=", "and", "or") else "unknown"
    if operator in ("and", "or"):
        return "boolean" if left == right == "boolean" else None
    if operator in ("==", "!="):
        same = left == right or (left in NUMBERS and right in NUMBERS)
        return "boolean" if same and left not in ("json", "list") else None
    if operator in ("<", "<=", ">", ">="):
        same = left == right or (left in NUMBERS and right in NUMBERS)
        return "boolean" if same and left in ORDERED else None
    return _arithmetic(operator, left, right)


def _arithmetic(operator: str, left: str, right: str) -> str | None:
    if left in NUMBERS and right in NUMBERS:
        return "integer" if left == right == "integer" and operator != "/" else "number"
    if left == right == "text":
        return "text" if operator == "+" else None
    if left in _TIMES:
        if left == right:
            return "duration" if operator == "-" else None
        return left if right == "duration" and operator in "+-" else None
    if left == right == "duration":
        return {"+": "duration", "-": "duration", "%": "duration", "/": "number", "//": "integer"}.get(operator)
    if left == "duration":
        if right in _TIMES:
            return right if operator == "+" else None
        return "duration" if right in NUMBERS and operator in ("*", "/") else None
    return "duration" if left in NUMBERS and right == "duration" and operator == "*" else None


def common(kinds: list[str]) -> str | None:
    """Return the kind that all values have together; None when they have none."""
    known = [kind for kind in kinds if kind != "none"]
    if not known:
        return "none"
    if "unknown" in known:
        return "unknown"
    if all(kind in NUMBERS for kind in known):
        return "number" if "number" in known else "integer"
    return known[0] if len(set(known)) == 1 else None
