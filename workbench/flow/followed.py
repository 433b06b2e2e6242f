"""One file that is followed while it grows, and the names by which it and its copies are known again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from workbench.flow.lines import Line

CHUNK = 1 << 18
"""Bytes read from one file before the next one has its turn."""
HEAD = 1024
"""Bytes at the start of a file by which it is known again."""
SEAM = 256
"""Bytes before the place that was reached by which a copy is told from a file that only begins alike."""


@dataclass(slots=True)
class Followed:
    """A file that is open, and how far it was read."""

    key: str
    path: str
    stream: BinaryIO
    encoding: str
    offset: int = 0
    number: int = 0
    rest: bytes = b""
    head: bytes = b""
    window: bytes = b""
    """What stands around the place that was reached."""
    start: int = 0
    """Where the window begins."""

    def read(self) -> Iterator[Line]:
        """Yield the complete lines of the next chunk."""
        raw = self.stream.read(CHUNK)
        if not raw:
            return
        seam = self.seam()
        self.window, self.start = seam + self.rest + raw, self.offset - len(seam)
        lines = (self.rest + raw).split(b"\n")
        self.rest = lines.pop()
        self.learn_head(self.stream.tell())
        for line in lines:
            yield self.line(line, len(line) + 1)
        seam = self.seam()
        self.window, self.start = seam, self.offset - len(seam)

    def seam(self) -> bytes:
        """Return the bytes before the place that was reached."""
        end = self.offset - self.start
        return self.window[max(0, end - SEAM) : end]

    def go_on(self, offset: int) -> None:
        """Begin at a place."""
        self.stream.seek(offset)
        self.offset, self.start = offset, max(0, offset - SEAM)
        self.window = os.pread(self.stream.fileno(), offset - self.start, self.start)
        self.learn_head(offset)

    def last(self) -> Iterator[Line]:
        """Yield what stands behind the last line end, once nobody writes to the file any more."""
        if self.rest:
            line, self.rest = self.rest, b""
            yield self.line(line, len(line))

    def replaced(self, size: int) -> bool:
        """Tell whether the file was truncated or written anew, even if it is as long as before by now."""
        if size < self.offset + len(self.rest):
            return True
        return os.pread(self.stream.fileno(), len(self.head), 0) != self.head

    def restart(self) -> None:
        """Begin at the start."""
        self.stream.seek(0)
        self.offset, self.number, self.rest, self.head, self.window, self.start = 0, 0, b"", b"", b"", 0

    def learn_head(self, reached: int) -> None:
        """Remember how the file begins, of what was read so far."""
        if len(self.head) < HEAD:
            self.head = os.pread(self.stream.fileno(), min(HEAD, reached), 0)

    def line(self, raw: bytes, size: int) -> Line:
        """Return the next line, which takes so many bytes of the file."""
        self.offset += size
        self.number += 1
        return Line(self.path, self.number, _text(raw, self.encoding), self.key)


def copy_of(opened: Followed) -> str:
    """Return the name by which a copy of what was read of a file is known; '' for little more than a header."""
    return copy_name(opened.head, opened.seam()) if len(opened.head) == HEAD <= opened.offset else ""


def copy_name(head: bytes, seam: bytes) -> str:
    """Return the name of a copy: how the file begins, and the bytes before the place that was reached."""
    return f"copy:{hashlib.sha256(head + seam).hexdigest()[:24]}"


def head_name(head: bytes) -> str:
    """Return the name of a file that begins so."""
    return f"head:{len(head)}:{hashlib.sha256(head).hexdigest()[:24]}"


def is_head(plain: bytes, name: str) -> bool:
    """Tell whether a content begins as the file of this name."""
    size = int(name.split(":")[1])
    return len(plain) >= size and head_name(plain[:size]) == name


def begins(stream: BinaryIO, name: str) -> bool:
    """Tell whether an open file begins as the file of this name."""
    return is_head(os.pread(stream.fileno(), HEAD, 0), name)


def _text(raw: bytes, encoding: str) -> str:
    return raw.rstrip(b"\r\n").decode(encoding, "replace")
