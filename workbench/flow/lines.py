"""Lines of text files: read once, or followed while they grow, across rotation and truncation."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 18
"""Bytes read from one file before the next one has its turn."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end."""

    uri: str
    number: int
    """1 for the first line since the file was opened by this reader."""
    text: str


def files_of(path: str) -> list[Path]:
    """Return the files that a path means: itself, all files of a folder, or all that match a pattern; sorted."""
    place = Path(path)
    if place.is_dir():
        return sorted(entry for entry in place.iterdir() if entry.is_file() and not entry.name.startswith("."))
    if place.exists():
        return [place]
    return sorted(Path(name) for name in glob(path) if Path(name).is_file())


def read_lines(path: str, offset: str | None = None) -> Iterator[Line]:
    """Yield all lines of all files; a name that ends in .gz is unpacked. Bytes that are not UTF-8 become U+FFFD.

    Args:
        path: See `files_of`.
        offset: Begin behind the line that `offset_of` was given.
    """
    for file, skipped in files_from(path, offset):
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as stream:
            for number, raw in enumerate(stream, 1):
                if number > skipped:
                    yield Line(str(file), number, _text(raw))


def offset_of(uri: str, number: int) -> str:
    """Return the offset behind a line of a file that is read once."""
    return json.dumps([uri, number])


def files_from(path: str, offset: str | None) -> list[tuple[Path, int]]:
    """Return the files that are not read yet, each with how many of its lines are; files are read in order of name."""
    uri, number = json.loads(offset) if offset else ("", 0)
    return [(file, number if str(file) == uri else 0) for file in files_of(path) if str(file) >= uri]


@dataclass(slots=True)
class _Open:
    path: str
    stream: BinaryIO
    offset: int = 0
    number: int = 0
    rest: bytes = b""

    def read(self) -> Iterator[Line]:
        """Yield the complete lines of the next chunk."""
        raw = self.stream.read(CHUNK)
        if not raw:
            return
        lines = (self.rest + raw).split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            self.offset += len(line) + 1
            self.number += 1
            yield Line(self.path, self.number, _text(line))

    def last(self) -> Iterator[Line]:
        """Yield what stands behind the last line end, once nobody writes to the file any more."""
        if self.rest:
            self.offset += len(self.rest)
            self.number += 1
            line, self.rest = self.rest, b""
            yield Line(self.path, self.number, _text(line))

    def truncated(self, size: int) -> bool:
        return size < self.offset + len(self.rest)

    def restart(self) -> None:
        self.stream.seek(0)
        self.offset, self.number, self.rest = 0, 0, b""


@dataclass(slots=True)
class Tail:
    """Follows the files that a path means. A file is known by its inode, so a renamed one is not read twice."""

    path: str
    from_start: bool = True
    positions: Mapping[str, int] = field(default_factory=dict)
    """Where to go on, as `Tail.reached` gave it: inode -> bytes."""
    _open: dict[str, _Open] = field(default_factory=dict)

    def poll(self) -> Iterator[Line]:
        """Yield the complete lines that came since the last poll; returns when all that is there was read."""
        first = not self._open
        present: set[str] = set()
        for file in files_of(self.path):
            try:
                found = file.stat()
            except FileNotFoundError:
                continue
            key = f"{found.st_dev}:{found.st_ino}"
            present.add(key)
            if key not in self._open:
                # Only what is there at the very start may be skipped: a file that appears later is new as a whole.
                self._begin(key, file, found.st_size if first and not self.from_start else 0, found.st_size)
            elif self._open[key].truncated(found.st_size):
                self._open[key].restart()
        for key, opened in list(self._open.items()):
            before = -1
            while opened.offset + len(opened.rest) != before:
                before = opened.offset + len(opened.rest)
                yield from opened.read()
            if key not in present:
                yield from opened.last()
                opened.stream.close()
                del self._open[key]

    def offset(self) -> str:
        """Return where to go on, as text."""
        return json.dumps(self.reached())

    def reached(self) -> dict[str, int]:
        """Return how far each file was read, in bytes behind the last complete line."""
        return {key: opened.offset for key, opened in self._open.items()}

    def close(self) -> None:
        """Let go of all files."""
        for opened in self._open.values():
            opened.stream.close()
        self._open.clear()

    def _begin(self, key: str, file: Path, start: int, size: int) -> None:
        # Follows until `close`, so no `with`.
        stream = file.open("rb")
        offset = self.positions.get(key, start)
        offset = offset if offset <= size else 0
        stream.seek(offset)
        self._open[key] = _Open(str(file), stream, offset)


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\r\n").decode("utf-8", "replace")
