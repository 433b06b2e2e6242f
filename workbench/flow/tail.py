"""Follows text files while they grow: across rotation by renaming, copying and compression, and across runs."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from workbench.flow.lines import Line, files_of

CHUNK = 1 << 18
"""Bytes read from one file before the next one has its turn."""
HEAD = 1024
"""Bytes at the start of a file by which it is known again."""
REMEMBERED = 200
"""Files that went away whose heads are kept."""


@dataclass(slots=True)
class _Open:
    key: str
    path: str
    stream: BinaryIO
    encoding: str
    offset: int = 0
    number: int = 0
    rest: bytes = b""
    head: bytes = b""

    def read(self) -> Iterator[Line]:
        """Yield the complete lines of the next chunk."""
        raw = self.stream.read(CHUNK)
        if not raw:
            return
        lines = (self.rest + raw).split(b"\n")
        self.rest = lines.pop()
        self.learn_head(self.stream.tell())
        for line in lines:
            yield self._line(line, len(line) + 1)

    def last(self) -> Iterator[Line]:
        """Yield what stands behind the last line end, once nobody writes to the file any more."""
        if self.rest:
            line, self.rest = self.rest, b""
            yield self._line(line, len(line))

    def replaced(self, size: int) -> bool:
        """Tell whether the file was truncated or written anew, even if it is as long as before by now."""
        if size < self.offset + len(self.rest):
            return True
        return os.pread(self.stream.fileno(), len(self.head), 0) != self.head

    def restart(self) -> None:
        """Begin at the start."""
        self.stream.seek(0)
        self.offset, self.number, self.rest, self.head = 0, 0, b"", b""

    def learn_head(self, reached: int) -> None:
        """Remember how the file begins, of what was read so far."""
        if len(self.head) < HEAD:
            self.head = os.pread(self.stream.fileno(), min(HEAD, reached), 0)

    def _line(self, raw: bytes, size: int) -> Line:
        self.offset += size
        self.number += 1
        return Line(self.path, self.number, _text(raw, self.encoding), self.key)


@dataclass(slots=True)
class Tail:
    """Follows the files that a path means.

    A file is known by its inode, so a renamed one is not read twice, and by how it begins, so one that was truncated
    is read from its start and a compressed copy of one that was read adds only what is new in it.
    """

    path: str
    from_start: bool = True
    positions: Mapping[str, int] = field(default_factory=dict)
    """Where to go on, as `Tail.reached` gave it."""
    encoding: str = "utf-8"
    """One in which a line ends with the byte 10."""
    _open: dict[str, _Open] = field(default_factory=dict)
    _gone: dict[str, int] = field(default_factory=dict)
    _polled: bool = False

    def poll(self) -> Iterator[Line]:
        """Yield the complete lines that came since the last poll; returns when all that is there was read."""
        first, self._polled = not self._polled, True
        present: set[str] = set()
        compressed: list[tuple[str, Path, int]] = []
        for file in files_of(self.path):
            try:
                found = file.stat()
            except FileNotFoundError:
                continue
            key = f"{found.st_dev}:{found.st_ino}"
            present.add(key)
            # Only what is there at the very start may be skipped: a file that appears later is new as a whole.
            skip = first and not self.from_start
            if file.suffix == ".gz":
                compressed.append((key, file, found.st_size))
            elif key not in self._open:
                self._begin(key, file, found.st_size, skip)
            elif self._open[key].replaced(found.st_size):
                self._forget(self._open[key])
                self._open[key].restart()
        for key, opened in list(self._open.items()):
            before = -1
            while opened.offset + len(opened.rest) != before:
                before = opened.offset + len(opened.rest)
                yield from opened.read()
            if key not in present:
                yield from opened.last()
                self._forget(opened)
                # It may be back at the next look: while a file is renamed, a listing of the folder can miss it.
                self._gone[key] = opened.offset
                opened.stream.close()
                del self._open[key]
        # Last, so that what was read of a file before it was compressed is known.
        for key, file, size in compressed:
            yield from self._compressed(key, file, size, first and not self.from_start)

    def offset(self) -> str:
        """Return where to go on, as text."""
        return json.dumps(self.reached())

    def reached(self) -> dict[str, int]:
        """Return how far each file was read, in bytes behind the last complete line, by inode and by its head."""
        heads = {_name(opened.head): opened.offset for opened in self._open.values() if opened.head}
        return {**self._gone, **heads, **{key: opened.offset for key, opened in self._open.items()}}

    def close(self) -> None:
        """Let go of all files."""
        for opened in self._open.values():
            opened.stream.close()
        self._open.clear()

    def _begin(self, key: str, file: Path, size: int, skip: bool) -> None:
        # Follows until `close`, so no `with`.
        try:
            stream = file.open("rb")
        except FileNotFoundError:
            return
        opened_now = os.fstat(stream.fileno())
        if f"{opened_now.st_dev}:{opened_now.st_ino}" != key:
            # It was renamed since the look, and the name is another file's by now: the next look tells them apart.
            stream.close()
            return
        known = {**self.positions, **self._gone}
        offset = known.get(key, size if skip else 0)
        heads = [name for name in known if name.startswith("head:")]
        if key in known and heads and not any(_begins(stream, name) for name in heads):
            # The number of a deleted file was given to a new one.
            offset = 0
        offset = offset if offset <= size else 0
        stream.seek(offset)
        self._open[key] = opened = _Open(key, str(file), stream, self.encoding, offset)
        opened.learn_head(offset)

    def _compressed(self, key: str, file: Path, size: int, skip: bool) -> Iterator[Line]:
        done = {**self.positions, **self.reached()}
        mark = f"gz:{key}"
        if done.get(mark) == size:
            return
        self._gone[mark] = size
        if skip:
            return
        try:
            plain = gzip.decompress(file.read_bytes())
        except (OSError, EOFError):
            # It is being written, and is looked at again when it is longer.
            return
        offset = next((done[n] for n in done if n.startswith("head:") and _is_head(plain, n)), 0)
        opened = _Open(f"gz:{key}", str(file), file.open("rb"), self.encoding, offset)
        opened.stream.close()
        *lines, rest = plain[offset:].split(b"\n")
        for line in lines:
            yield opened._line(line, len(line) + 1)
        if rest:
            yield opened._line(rest, len(rest))
        self._remember(plain[:HEAD], len(plain))

    def _forget(self, opened: _Open) -> None:
        self._remember(opened.head, opened.offset)

    def _remember(self, head: bytes, offset: int) -> None:
        if head:
            self._gone[_name(head)] = offset
        while len(self._gone) > REMEMBERED:
            del self._gone[next(iter(self._gone))]


def _name(head: bytes) -> str:
    return f"head:{len(head)}:{hashlib.sha256(head).hexdigest()[:24]}"


def _is_head(plain: bytes, name: str) -> bool:
    size = int(name.split(":")[1])
    return len(plain) >= size and _name(plain[:size]) == name


def _begins(stream: BinaryIO, name: str) -> bool:
    return _is_head(os.pread(stream.fileno(), HEAD, 0), name)


def _text(raw: bytes, encoding: str) -> str:
    return raw.rstrip(b"\r\n").decode(encoding, "replace")
