"""Puts log records together that have several lines, such as stack traces."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from workbench.flow.lines import Line

MAX_LINES, MAX_CHARS = 1000, 1 << 18
"""Largest record; what comes behind begins another one."""
Join = Literal["none", "indented", "pattern"]
# What continues a record without being indented, in the traces of the JVM, Python and .NET.
_CONTINUED = re.compile(
    r"\s|$|Caused by: |Suppressed: |\.\.\. \d+ more|During handling of |The above exception |--- End of "
)


def starter(join: Join, pattern: str) -> Callable[[str], bool]:
    """Return the function that tells whether a line begins a record."""
    match join:
        case "none":
            return lambda text: True
        case "indented":
            return lambda text: not _CONTINUED.match(text)
        case _:
            compiled = re.compile(pattern)
            return lambda text: compiled.search(text) is not None


@dataclass(slots=True)
class _Record:
    first: Line
    texts: list[str]
    size: int
    touched: float


@dataclass(slots=True)
class Joiner:
    """Collects the lines of each file until the next record begins, or nothing comes for a while."""

    begins: Callable[[str], bool]
    wait_s: float
    clock: Callable[[], float] = time.monotonic
    _open: dict[str, _Record] = field(default_factory=dict)

    def feed(self, line: Line) -> Iterator[Line]:
        """Take a line; yield the record that has ended with it, under the number of its first line."""
        key = line.key or line.uri
        record = self._open.get(key)
        fits = record and len(record.texts) < MAX_LINES and record.size < MAX_CHARS
        if record and fits and not self.begins(line.text):
            record.texts.append(line.text)
            record.size += len(line.text)
            record.touched = self.clock()
            return
        if record:
            yield _joined(record)
        self._open[key] = _Record(line, [line.text], len(line.text), self.clock())

    def due(self, *, all_: bool = False) -> Iterator[Line]:
        """Yield the records to which nothing was added for `wait_s`, or all."""
        now = self.clock()
        for key, record in list(self._open.items()):
            if all_ or now - record.touched >= self.wait_s:
                del self._open[key]
                yield _joined(record)

    def waiting(self) -> dict[str, int]:
        """Return where the records that are not ended yet begin, by the key of their file."""
        return {record.first.key: record.first.begins for record in self._open.values()}


def _joined(record: _Record) -> Line:
    return replace(record.first, text="\n".join(record.texts))
