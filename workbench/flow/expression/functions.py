"""Makes the Pathway expression of each function. Arguments are never none here."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pathway as pw

from workbench.flow.durations import NANOS, parse_duration
from workbench.flow.expression import plainly
from workbench.flow.types import TYPES
from workbench.flow.values import convert

_OF_KIND: dict[str, Any] = {**TYPES, "local_time": pw.DateTimeNaive, "list": list[str]}


def by_row(function: Callable[..., Any], kind: str, *values: Any, may_be_none: bool = False) -> Any:
    """Return an expression that calls a pure Python function for each row."""
    result = _OF_KIND[kind] | None if may_be_none else _OF_KIND[kind]
    # Pathway keeps the result of every row for functions that are not known to be deterministic.
    return pw.udf(function, return_type=result, deterministic=True)(*values)


def lifted(value: Any, kind: str) -> Any:
    """Return a plain value as an expression, so that it has Pathway's methods."""
    return value if isinstance(value, pw.ColumnExpression) else pw.declare_type(_OF_KIND[kind], value)


def duration_of(text: str) -> Any:
    """Return a duration that was checked before."""
    return pw.Duration(parse_duration(text), unit="ns")


def _texts() -> dict[str, Callable[..., Any]]:
    return {
        "concat": _concat,
        "contains": lambda text, part: text.str.find(part) >= 0,
        "count_of": lambda text, part: text.str.count(part),
        "endswith": lambda text, end: text.str.endswith(end),
        "extract": lambda text, pattern, group=None: by_row(plainly.extractor(pattern, group), "text", text),
        "extract_all": lambda text, pattern: by_row(plainly.all_of(pattern), "list", text),
        "find": lambda text, part: text.str.find(part),
        "join": lambda values, separator: by_row(lambda several: separator.join(map(str, several)), "text", values),
        "lower": lambda text: text.str.lower(),
        "matches": lambda text, pattern: by_row(plainly.searcher(pattern), "boolean", text),
        "part": lambda text, separator, number: by_row(
            lambda one: plainly.part_of(one, separator, number), "text", text, may_be_none=True
        ),
        "replace": lambda text, old, new: text.str.replace(old, new),
        "replace_pattern": lambda text, pattern, new: by_row(plainly.substitute(pattern, new), "text", text),
        "sha256": lambda text: by_row(plainly.sha256, "text", text),
        "slice": lambda text, start, end: text.str.slice(start, end),
        "split": lambda text, separator: by_row(lambda one: one.split(separator), "list", text),
        "startswith": lambda text, start: text.str.startswith(start),
        "strip": lambda text, letters=None: text.str.strip() if letters is None else text.str.strip(letters),
        "upper": lambda text: text.str.upper(),
        "url_part": lambda text, part: by_row(plainly.url_part(part), "text", text),
        "cidr_contains": lambda network, address: by_row(plainly.within(network), "boolean", address),
        "ip_version": lambda address: by_row(plainly.ip_version, "integer", address, may_be_none=True),
        "is_private_ip": lambda address: by_row(plainly.is_private, "boolean", address),
        "item": lambda values, number: values.get(number),
    }


def _numbers() -> dict[str, Callable[..., Any]]:
    return {
        "abs": lambda value: value.num.abs(),
        "between": lambda value, low, high: (value >= low) & (value <= high),
        "bucket": lambda value, size: value - value % size,
        "ceil": lambda value: pw.cast(int, -((-value) // 1)),
        "clamp": lambda value, low, high: pw.cast(
            float, pw.if_else(value < low, low, pw.if_else(value > high, high, value))
        ),
        "exp": lambda value: by_row(math.exp, "number", pw.cast(float, value)),
        "floor": lambda value: pw.cast(int, value // 1),
        "log": lambda value, base=None: by_row(plainly.logarithm(base), "number", pw.cast(float, value)),
        "power": lambda value, exponent: by_row(
            math.pow, "number", pw.cast(float, value), pw.cast(float, exponent)
        ),
        "ratio": lambda value, whole: pw.if_else(
            pw.cast(float, whole) == 0.0, None, pw.cast(float, value) / pw.cast(float, whole)
        ),
        "round": lambda value, digits=0: value.num.round(digits),
        "sign": lambda value: pw.if_else(value > 0, 1, pw.if_else(value < 0, -1, 0)),
        "sqrt": lambda value: by_row(math.sqrt, "number", pw.cast(float, value)),
    }  # fmt: skip


def _times() -> dict[str, Callable[..., Any]]:
    return {
        "day": lambda time: time.dt.day(),
        "duration": lambda text: lifted(duration_of(text), "duration"),
        "floor_time": lambda time, step: time.dt.floor(duration_of(step)),
        "format_time": lambda time, form: time.dt.strftime(form),
        "from_unix": lambda value, unit="ns": value.dt.utc_from_timestamp(unit),
        "hour": lambda time: time.dt.hour(),
        "local": lambda time, zone: time.dt.to_naive_in_timezone(zone),
        "milliseconds": lambda length: length.dt.nanoseconds() / NANOS["ms"],
        "minute": lambda time: time.dt.minute(),
        "month": lambda time: time.dt.month(),
        "nanoseconds": lambda length: length.dt.nanoseconds(),
        "parse_duration": lambda text: by_row(plainly.duration_or_none, "duration", text, may_be_none=True),
        "parse_time": lambda text, form=None: by_row(plainly.time_or_none(form), "time", text, may_be_none=True),
        "second": lambda time: time.dt.second(),
        "seconds": lambda length: length.dt.nanoseconds() / NANOS["s"],
        "weekday": lambda time: time.dt.weekday(),
        "year": lambda time: time.dt.year(),
    }


def _jsons() -> dict[str, Callable[..., Any]]:
    def typed(kind: str) -> Callable[..., Any]:
        return lambda value, path: by_row(plainly.json_as(kind, path), kind, value, may_be_none=True)

    return {
        "json_boolean": typed("boolean"),
        "json_get": lambda value, path: by_row(plainly.json_or_none(path), "json", value, may_be_none=True),
        "json_has": lambda value, path: by_row(_has(path), "boolean", value),
        "json_integer": typed("integer"),
        "json_length": lambda value, path="": by_row(plainly.length_at(path), "integer", value, may_be_none=True),
        "json_number": typed("number"),
        "json_text": typed("text"),
        "to_json": lambda value: by_row(plainly.as_json, "json", value),
    }


def _conversions() -> dict[str, Callable[..., Any]]:
    return {
        "fingerprint": lambda *values: by_row(plainly.fingerprint, "text", *values),
        "parse_integer": lambda text: by_row(plainly.number_or_none("integer"), "integer", text, may_be_none=True),
        "parse_number": lambda text: by_row(plainly.number_or_none("number"), "number", text, may_be_none=True),
        "to_boolean": lambda value: by_row(lambda one: bool(convert(one, "boolean")), "boolean", value),
        "to_integer": lambda value: pw.cast(int, value),
        "to_number": lambda value: pw.cast(float, value),
    }


def _has(path: str) -> Callable[[Any], bool]:
    find = plainly.at_path(path)
    return lambda value: find(value) is not None


def _concat(*texts: Any) -> Any:
    whole = texts[0]
    for text in texts[1:]:
        whole = whole + text
    return whole


def length(value: Any, kind: str) -> Any:
    """Return how long a text or a list is."""
    return value.str.len() if kind == "text" else by_row(len, "integer", value)


def to_text(value: Any, kind: str) -> Any:
    """Return any value as text."""
    if kind == "text":
        return value
    if kind == "boolean":
        return pw.if_else(value, "true", "false")
    if kind == "json":
        return by_row(lambda one: convert(one.value, "text"), "text", value)
    if kind == "bytes":
        return by_row(lambda one: one.decode("utf-8", "replace"), "text", value)
    return value.to_string()


def time_unix_nano(value: Any, kind: str, form: str | None = None) -> Any:
    """Return a time in nanoseconds since 1970."""
    if kind == "text" and form is None:
        return by_row(plainly.nanos_of, "integer", value)
    # timestamp() gives a float, which has no room for nanoseconds; a difference of times is exact.
    utc = kind == "time" or "%z" in str(form)
    epoch = pw.DateTimeUtc("1970-01-01T00:00:00+00:00") if utc else pw.DateTimeNaive("1970-01-01")
    return ((value.dt.strptime(form) if kind == "text" else value) - epoch).dt.nanoseconds()


def least_or_most(name: str, kind: str, *values: Any) -> Any:
    """Return the smallest or the largest of some numbers."""
    return by_row(min if name == "min" else max, kind, *(pw.cast(_OF_KIND[kind], value) for value in values))


FUNCTIONS: dict[str, Callable[..., Any]] = {**_texts(), **_numbers(), **_times(), **_jsons(), **_conversions()}
"""Functions that need their arguments only; the compiler knows the others."""
