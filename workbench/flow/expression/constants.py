"""Checks of values that have to be written down, such as patterns, so that a mistake is seen before a run."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo

from workbench.flow.durations import parse_duration
from workbench.flow.expression.jsonpath import read_path

URL_PARTS = ("scheme", "host", "port", "path", "query", "fragment")
UNITS = ("s", "ms", "us", "ns")


def fault_of(function: str, parameter: str, value: Any) -> str:
    """Return what is wrong with a constant that is given to a function, '' when nothing is."""
    check = _CHECKS.get(parameter) or _CHECKS.get(f"{function}.{parameter}")
    try:
        if check is not None:
            check(value)
    except (re.error, ValueError, KeyError, OSError, OverflowError, TypeError) as error:
        return _SAID.get(parameter, "{value!r}: {error}").format(value=value, error=error)
    return ""


def _one_of(known: tuple[str, ...]) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if value not in known:
            raise ValueError(f"there is {', '.join(known)}")

    return check


def _duration(value: Any) -> None:
    if not parse_duration(value):
        raise ValueError("it is none")


def _format(value: Any) -> None:
    if "%" not in value:
        raise ValueError("it has no % in it")


def _not_empty(value: Any) -> None:
    if not value:
        raise ValueError("it is empty")


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "pattern": re.compile,
    "network": lambda value: ip_network(value, strict=False),
    "path": read_path,
    "unit": _one_of(UNITS),
    "zone": ZoneInfo,
    "step": _duration,
    "duration.text": _duration,
    "format": _format,
    "split.separator": _not_empty,
    "part.separator": _not_empty,
    "url_part.part": _one_of(URL_PARTS),
}
_SAID = {
    "pattern": "{value!r} is not a regular expression: {error}",
    "network": "{value!r} is not a network such as 10.0.0.0/8",
    "path": "{error}",
    "unit": "{value!r} is not a unit: {error}",
    "zone": "{value!r} is not a time zone such as Europe/Berlin",
    "step": "{value!r} is not a duration such as 5m",
    "text": "{value!r} is not a duration such as 1h30m",
    "format": "{value!r} is not a format such as %Y-%m-%d %H:%M:%S",
    "part": "{value!r} is not a part of a URL: {error}",
}
