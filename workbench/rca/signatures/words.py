"""Fills the sentences of signatures with what was found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from workbench.semconv import NANOS_PER_SECOND

_OPTIONAL = re.compile(r"\{\w*:((?:[^{}]|\{\w+\})*)\}")
_FIELD = re.compile(r"\{(\w+)\}")
_UNITS = {
    "percent": " %", "%": " %", "seconds": " s", "s": " s", "milliseconds": " ms", "ms": " ms", "count": "", "1": "",
    "count/second": "/s", "microseconds": " us", "{session}": " active sessions",
}  # fmt: skip
_BYTES = ((2**40, "TB"), (2**30, "GB"), (2**20, "MB"), (2**10, "kB"))
LONGEST_VALUE = 160


def fill(template: str, values: Mapping[str, str]) -> str | None:
    """Return the sentence; None when it needs a value that is not known.

    `{name}` is a value; `{name: words {name} words}` is a piece that is left out when a value of it is not known.
    """

    def piece(found: re.Match[str]) -> str:
        names = _FIELD.findall(found[1])
        return found[1] if all(values.get(name) for name in names) else ""

    text = _OPTIONAL.sub(piece, template)
    if any(not values.get(name) for name in _FIELD.findall(text)):
        return None
    filled = _FIELD.sub(lambda found: values[found[1]], text)
    return re.sub(r"\s+([,;.:])(?=\s|$)", r"\1", " ".join(filled.split()))


def closed(sentence: str) -> str:
    """Return a sentence with a full stop, or what else it ends with."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def shorten(text: str, most: int = LONGEST_VALUE) -> str:
    """Return a text in one line, cut at `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def clock(time_unix_nano: int) -> str:
    """Return a time of day, with the second if it is not a whole minute; '' when it is not known."""
    if not time_unix_nano:
        return ""
    moment = datetime.fromtimestamp(time_unix_nano / NANOS_PER_SECOND, UTC)
    return moment.strftime("%H:%M:%S UTC" if moment.second else "%H:%M UTC")


def amount(value: float, unit: str = "") -> str:
    """Return a number with its unit as people write it: 3.5 GB, 92 %, 1,140 s."""
    word = unit.strip().lower()
    if word in ("bytes", "by", "bytes/second"):
        size, name = next(((size, name) for size, name in _BYTES if abs(value) >= size), (1, "bytes"))
        return f"{_number(value / size)} {name}" + ("/s" if word == "bytes/second" else "")
    if word not in _UNITS and word.startswith("{"):
        # OpenTelemetry writes what is counted in braces: {connection}.
        counted = word.strip("{}")
        return f"{_number(value)} {counted}" + ("" if value == 1 or counted.endswith("s") else "s")
    return _number(value) + _UNITS.get(word, f" {unit}" if unit else "")


def _number(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


_QUANTITY = re.compile(r"^\s*(?P<number>[+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)\s*(?P<unit>[A-Za-z%]*)")
_SCALES: dict[str, float] = {
    "": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
    "KB": 2**10, "kB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40, "B": 1, "%": 1,
}  # fmt: skip


def quantity(text: str) -> float | None:
    """Return the number of a Kubernetes quantity (`100m`, `2Gi`), a size or a percentage; None when it is none."""
    found = _QUANTITY.match(text)
    if not found:
        return None
    return float(found["number"].replace(",", "")) * _SCALES.get(found["unit"], 1)
