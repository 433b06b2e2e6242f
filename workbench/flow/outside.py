"""Values on their way between other systems and the graph: what drivers give, and what they can take."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from typing import Any

import pathway as pw

from workbench.flow.fields import ColumnType
from workbench.flow.naming import outside
from workbench.flow.values import EMPTY, convert


def inward(value: Any, kind: ColumnType) -> Any:
    """Return what a driver gave as what a column of type `kind` holds; raises ValueError when it cannot be that."""
    match value:
        case memoryview() | bytearray():
            value = bytes(value)
        case Decimal() if value.is_finite():
            value = int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date() | clock_time():
            value = value.isoformat()
        case timedelta():
            value = value.total_seconds()
        case None | str() | bytes() | bool() | int() | float() | list() | dict():
            pass
        case _:
            value = str(value)
    if isinstance(value, bytes) and kind != "bytes":
        try:
            value = value.decode()
        except UnicodeDecodeError as error:
            raise ValueError(f"{value[:20]!r}... is not UTF-8 text") from error
    if isinstance(value, (list, dict)):
        # Drivers put values into documents that JSON does not have, such as times and ids.
        value = json.loads(json.dumps(value, default=str))
    return convert(value, kind)


def row_of(record: Mapping[str, Any], columns: Mapping[str, ColumnType], nulls: str) -> tuple[Any, ...]:
    """Return the values of the columns in their order.

    Args:
        record: What the other system has, by column.
        columns: Type of each column.
        nulls: What becomes of a value that is not there: keep it so, take the `empty` one of its type, or reject.

    Raises:
        ValueError: a value does not fit its column; the message names both.
    """
    return tuple(_cell(name, kind, record.get(name), nulls) for name, kind in columns.items())


def _cell(name: str, kind: ColumnType, value: Any, nulls: str) -> Any:
    if value is None:
        if nulls == "keep":
            return None
        if nulls == "empty":
            return EMPTY[kind]
        raise ValueError(f"column {name!r} has no value")
    try:
        return inward(value, kind)
    except ValueError as error:
        raise ValueError(f"column {name!r}: {error}") from error


def at_path(document: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a path such as address.city; a name with dots in it is tried first. None is nothing."""
    if path in document:
        return document[path]
    here: Any = document
    for part in path.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    return document.get(outside(path)) if here is None else here


def outward(value: Any) -> Any:
    """Return a value of the graph as what drivers take: plain Python, UTC datetimes, timedeltas, dicts and lists."""
    match value:
        case pw.Json():
            return value.value
        case pw.Pointer():
            return str(value)
        case tuple():
            return [outward(item) for item in value]
        case _ if hasattr(value, "to_pydatetime"):
            return value.to_pydatetime(warn=False)
        case _ if hasattr(value, "to_pytimedelta"):
            return value.to_pytimedelta()
        case _ if hasattr(value, "tolist") and not isinstance(value, (str, bytes)):
            return value.tolist()
        case _:
            return value


def as_json(row: Mapping[str, Any]) -> str:
    """Return a row as JSON text; bytes as hexadecimal digits, times in ISO 8601."""
    return as_text({name: outward(value) for name, value in row.items()})


def as_text(value: Any) -> str:
    """Return a plain value as JSON text."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date, clock_time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.hex() if isinstance(value, bytes) else str(value)
