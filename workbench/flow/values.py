"""Turns what stands in a file into the type of a column, or says why it cannot."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import pathway as pw

from workbench.flow.durations import parse_duration
from workbench.flow.fields import ColumnType
from workbench.flow.naming import among
from workbench.signals.times import parse_time

_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}
EMPTY: dict[str, Any] = {
    "text": "",
    "integer": 0,
    "number": 0.0,
    "boolean": False,
    "time": pw.DateTimeUtc(0, tz="UTC"),
    "duration": pw.Duration(0),
    "json": pw.Json({}),
    "bytes": b"",
}
"""What stands for a missing value where that is allowed."""


def convert(value: Any, kind: ColumnType) -> Any:
    """Return `value` as what a column of type `kind` holds; integers have 64 bits.

    A time is any stamp that logs use, UTC when it has no zone, or a number since 1970; a duration is `1h30m`, `PT90M`
    or a number of seconds; a text that is JSON becomes the JSON value that it says.

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
        case "boolean":
            return _boolean(value)
        case "time":
            return _time(value)
        case "duration":
            return _duration(value)
        case "json":
            return _json(value)
        case _:
            return value if isinstance(value, bytes) else convert(value, "text").encode()


def row_from(found: Any, columns: Mapping[str, ColumnType], *, lenient: bool) -> tuple[Any, ...]:
    """Return a JSON object's fields as a row.

    Args:
        found: What was read.
        columns: Fields and their types, in the order of the row.
        lenient: Take an empty value for a field that is missing.

    Raises:
        ValueError: it is no object, lacks a field, or has a value that does not fit.
    """
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return tuple(_field(name, kind, found.get(among(found, name)), lenient) for name, kind in columns.items())


def _field(name: str, kind: ColumnType, value: Any, lenient: bool) -> Any:
    if value is None:
        if lenient:
            return EMPTY[kind]
        raise ValueError(f"no field {name!r}")
    try:
        return convert(value, kind)
    except ValueError as error:
        raise ValueError(f"field {name!r}: {error}") from error


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


def _time(value: Any) -> pw.DateTimeUtc:
    nanos = None if isinstance(value, bool) else parse_time(str(value))
    if nanos is None or not -(2**63) <= nanos < 2**63:
        raise ValueError(f"{value!r} is not a time")
    return pw.DateTimeUtc(nanos, tz="UTC")


def _duration(value: Any) -> pw.Duration:
    text = f"{value:.9f}s" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
    nanos = parse_duration(text)
    if nanos is None:
        raise ValueError(f"{value!r} is not a duration such as 1h30m, 250ms or a number of seconds")
    return pw.Duration(nanos, unit="ns")


def _json(value: Any) -> pw.Json:
    if not isinstance(value, str):
        return pw.Json(value)
    try:
        return pw.Json(json.loads(value))
    except json.JSONDecodeError:
        return pw.Json(value)
