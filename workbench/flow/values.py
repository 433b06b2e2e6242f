"""Turns what stands in a file into the type of a column, or says why it cannot."""

from __future__ import annotations

import json
import math
from typing import Any

from workbench.flow.fields import ColumnType

_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}
EMPTY: dict[str, Any] = {"text": "", "integer": 0, "number": 0.0, "boolean": False}
"""What stands for a missing value where that is allowed."""


def convert(value: Any, kind: ColumnType) -> Any:
    """Return `value` as text, integer (64 bits), number or boolean.

    Raises:
        ValueError: it cannot be that without loss; the message has the value.
    """
    match kind:
        case "text":
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        case "integer":
            return _integer(value)
        case "number":
            return _number(value)
        case _:
            return _boolean(value)


def _integer(value: Any) -> int:
    try:
        number = int(value)
        whole = not isinstance(value, float) or number == value
    except (TypeError, ValueError, OverflowError):
        whole, number = False, 0
    if not whole or not -(2**63) <= number < 2**63:
        raise ValueError(f"{value!r} is not a whole number of 64 bits")
    return number


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{value!r} is not a number") from error
    if math.isnan(number):
        # NaN is not equal to itself, so Pathway cannot group by it.
        raise ValueError("NaN is not a number")
    return number


def _boolean(value: Any) -> bool:
    word = str(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError(f"{value!r} is neither true nor false")
