"""What the signs of expressions do to values and to columns; `and`, `or` and `not` are each reader's own."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
