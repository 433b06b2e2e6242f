"""What functions compute for one row, in Python, where Pathway has nothing of its own."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable
from datetime import datetime, timezone
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import pathway as pw

from workbench.flow.durations import parse_duration
from workbench.flow.expression.jsonpath import document_of, look_up, read_path
from workbench.flow.values import convert
from workbench.signals.times import parse_time


def searcher(pattern: str) -> Callable[[str], bool]:
    """Return whether a pattern stands anywhere in a text."""
    search = re.compile(pattern).search
    return lambda text: search(text) is not None


def extractor(pattern: str, group: int | str | None) -> Callable[[str], str]:
    """Return a group of the first match (the first group, or all when there is none); '' without a match."""
    compiled = re.compile(pattern)
    wanted: int | str = (1 if compiled.groups else 0) if group is None else group

    def extract(text: str) -> str:
        found = compiled.search(text)
        return "" if found is None else found[wanted] or ""

    return extract


def all_of(pattern: str) -> Callable[[str], list[str]]:
    """Return every match of a pattern."""
    compiled = re.compile(pattern)
    place = 1 if compiled.groups else 0
    return lambda text: [found[place] or "" for found in compiled.finditer(text)]


def substitute(pattern: str, new: str) -> Callable[[str], str]:
    """Return a text in which every match is replaced; \\1 stands for the first group."""
    compiled = re.compile(pattern)
    return lambda text: compiled.sub(new, text)


def part_of(text: str, separator: str, number: int) -> str | None:
    """Return a part between separators, counted from 0, from behind when negative; None when there is none."""
    parts = text.split(separator)
    return parts[number] if -len(parts) <= number < len(parts) else None


def at_path(path: str) -> Callable[[Any], Any]:
    """Return the value at a place inside JSON; None when nothing is there or the text is not JSON."""
    steps = read_path(path)

    def find(value: Any) -> Any:
        try:
            return look_up(document_of(value), steps)
        except ValueError:
            return None

    return find


def json_as(kind: Any, path: str) -> Callable[[Any], Any]:
    """Return the value at a place inside JSON as text, integer, number or boolean; None when it cannot be that."""
    find = at_path(path)

    def value_of(value: Any) -> Any:
        found = find(value)
        try:
            return None if found is None else convert(found, kind)
        except ValueError:
            return None

    return value_of


def json_or_none(path: str) -> Callable[[Any], Any]:
    """Return the value at a place inside JSON, as JSON."""
    find = at_path(path)
    return lambda value: None if (found := find(value)) is None else pw.Json(found)


def length_at(path: str) -> Callable[[Any], int | None]:
    """Return how many elements a list, an object or a text inside JSON has."""
    find = at_path(path)
    return lambda value: len(found) if isinstance(found := find(value), (list, dict, str)) else None


def as_json(value: Any) -> pw.Json:
    """Return any value as JSON; a text becomes a JSON text, whatever it says."""
    if isinstance(value, pw.Json):
        return value
    return pw.Json(value if isinstance(value, (str, int, float, bool, list, tuple)) else str(value))


def duration_or_none(text: str) -> Any:
    """Return the duration that a text says, or None."""
    nanos = parse_duration(text)
    return None if nanos is None else pw.Duration(nanos, unit="ns")


def time_or_none(form: str | None) -> Callable[[str], Any]:
    """Return a reader of times of a form, or of all forms that logs use; it gives None for other text."""
    if form is None:
        return lambda text: None if (nanos := parse_time(text)) is None else pw.DateTimeUtc(nanos, tz="UTC")

    def read(text: str) -> Any:
        try:
            found = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - the next line adds the zone
        except ValueError:
            return None
        return pw.DateTimeUtc(found if found.tzinfo else found.replace(tzinfo=timezone.utc))  # noqa: UP017

    return read


def nanos_of(text: str) -> int:
    """Return a time of any known form in nanoseconds since 1970."""
    nanos = parse_time(text)
    if nanos is None:
        raise ValueError(f"{text!r} is not a time")
    return nanos


def number_or_none(kind: Any) -> Callable[[str], Any]:
    """Return a reader of numbers; it gives None for other text."""

    def read(text: str) -> Any:
        try:
            return convert(text.strip(), kind)
        except ValueError:
            return None

    return read


def logarithm(base: float | None) -> Callable[[float], float]:
    """Return the logarithm to a base, e when there is none."""
    if base is None:
        return math.log
    exact: dict[float, Callable[[float], float]] = {2: math.log2, 10: math.log10}
    known = base
    return exact.get(base) or (lambda value: math.log(value, known))


def ip_version(address: str) -> int | None:
    """Return 4 or 6, or None for what is no address."""
    try:
        return ip_address(address.strip()).version
    except ValueError:
        return None


def is_private(address: str) -> bool:
    """Tell whether an address is one of a private network; false for what is no address."""
    try:
        return ip_address(address.strip()).is_private
    except ValueError:
        return False


def within(network: str) -> Callable[[str], bool]:
    """Return whether an address lies in a network; false for what is no address."""
    known = ip_network(network, strict=False)

    def contains(address: str) -> bool:
        try:
            return ip_address(address.strip()) in known
        except ValueError:
            return False

    return contains


def url_part(name: str) -> Callable[[str], str]:
    """Return a part of a URL; '' when it has none."""
    attribute = {"host": "hostname", "scheme": "scheme", "path": "path", "query": "query", "fragment": "fragment"}

    def read(text: str) -> str:
        try:
            parts = urlsplit(text)
            found = parts.port if name == "port" else getattr(parts, attribute[name])
        except ValueError:
            return ""
        return "" if found is None else str(found)

    return read


def sha256(text: str) -> str:
    """Return 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(*values: Any) -> str:
    """Return 16 hexadecimal digits that are the same for the same values, in any run."""
    told = "\x1f".join(f"{type(value).__name__}:{value}" for value in values)
    return sha256(told)[:16]
