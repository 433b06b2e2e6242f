"""InfluxDB's line protocol: `measurement,tag=value field=1,other=2i 1700000000000000000`.

The syntax is that of InfluxData's documentation, "Line protocol reference". Fields that are numbers or truth values are
metrics called measurement_field; text is no metric. Times are nanoseconds unless they are too short for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbench.ingest.clock import LIMITS
from workbench.ingest.files import Found
from workbench.ingest.profile import NANOS
from workbench.ingest.readers.points import Point, numbered_lines
from workbench.ingest.shape import Shape

_NAME = r"(?:\\.|[^,=\s\\])+"
_VALUE = r'"(?:\\.|[^"\\])*"|[^,\s"]+'
_LINE = re.compile(
    rf"((?:\\.|[^,\s\\])+)((?:,{_NAME}={_NAME})*)\s+((?:{_NAME})=(?:{_VALUE})(?:,(?:{_NAME})=(?:{_VALUE}))*)(?:\s+(-?\d+))?\s*"
)
_PAIR = re.compile(rf"({_NAME})=({_VALUE})")
_TAG = re.compile(rf",({_NAME})=({_NAME})")
_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[iu]?")
_TRUTH = dict.fromkeys(("t", "T", "true", "True", "TRUE"), 1.0) | dict.fromkeys(
    ("f", "F", "false", "False", "FALSE"), 0.0
)
_HOST = ("host", "hostname")
_SERVICE = ("service", "service_name", "service.name", "app")
_ENOUGH = 0.9


def is_line_protocol(rows: Sequence[str]) -> bool:
    """Tell whether lines are line protocol with times."""
    said = [row for row in rows if row.strip() and not row.startswith("#")]
    found = [_LINE.fullmatch(row) for row in said]
    return bool(said) and sum(bool(one and one[4]) for one in found) >= _ENOUGH * len(said)


def points(file: Found, shape: Shape) -> Iterator[Point]:
    """Yield the fields of each line."""
    for number, line in numbered_lines(file, shape.encoding):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if not found or not found[4]:
            yield Point(number, reason="the line has no time" if found else "the line is no line protocol", raw=line)
            continue
        tags = {_plain(name): _plain(value) for name, value in _TAG.findall(found[2])}
        host = next((tags.pop(name) for name in _HOST if name in tags), "")
        service = next((tags.pop(name) for name in _SERVICE if name in tags), "")
        at = _nanos(int(found[4]))
        for field, value in _PAIR.findall(found[3]):
            name = f"{_plain(found[1])}_{_plain(field)}"
            if (one := _number(value)) is not None:
                yield Point(number, at, name, one, "", service, host, tags, raw=line)
            elif not value.startswith('"'):
                yield Point(number, reason=f"field {field} is no number, truth value or text", raw=line)


def _number(value: str) -> float | None:
    if value in _TRUTH:
        return _TRUTH[value]
    found = _NUMBER.fullmatch(value)
    return float(found[1]) if found else None


def _nanos(stamp: int) -> int:
    unit = next((one for one, limit in LIMITS if abs(stamp) < limit), "ns")
    return stamp * NANOS[unit]


def _plain(text: str) -> str:
    return re.sub(r"\\([,= \\])", r"\1", text)
