"""Puts log records together that have several lines, such as stack traces."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from workbench.flow.lines import Line
from workbench.signals.origins import Origin

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
    """Collects the lines of each program in a file until its next record begins, or nothing comes for a while."""

    begins: Callable[[str], bool]
    wait_s: float
    clock: Callable[[], float] = time.monotonic
    _open: dict[tuple[str, ...], _Record] = field(default_factory=dict)

    def feed(self, line: Line) -> Iterator[Line]:
        """Take a line; yield the record that has ended with it, under the number of its first line."""
        key = (line.key or line.uri, *line.origin.key)
        record = self._open.get(key)
        fits = record and len(record.texts) < MAX_LINES and record.size < MAX_CHARS
        if record and fits and not self.begins(line.text):
            record.texts.append(line.text)
            record.size += len(line.text)
            record.touched = self.clock()
            return
        # First, so that whoever asks what waits while it takes the ended record is told of this one.
        self._open[key] = _Record(line, [line.text], len(line.text), self.clock())
        if record:
            yield _joined(record)

    def due(self, *, all_: bool = False) -> Iterator[Line]:
        """Yield the records to which nothing was added for `wait_s`, or all."""
        now = self.clock()
        for key, record in list(self._open.items()):
            if all_ or now - record.touched >= self.wait_s:
                del self._open[key]
                yield _joined(record)

    def waiting(self) -> list[Any]:
        """Return the records that are not ended yet, as JSON can hold them."""
        return [
            [record.first.uri, record.first.number, record.first.key, record.first.origin, record.texts]
            for record in self._open.values()
        ]

    def go_on(self, waiting: list[Any]) -> None:
        """Wait for the lines that are still to come to records of an earlier run."""
        for uri, number, key, origin, texts in waiting:
            first = Line(uri, number, texts[0], key, Origin(*origin))
            size = sum(map(len, texts))
            self._open[key or uri, *first.origin.key] = _Record(first, list(texts), size, self.clock())


def _joined(record: _Record) -> Line:
    return replace(record.first, text="\n".join(record.texts))
