"""Follows text files while they grow: across rotation by renaming, copying and compression, and across runs."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from workbench.flow.followed import HEAD, SEAM, Followed, begins, copy_name, copy_of, head_name, is_head
from workbench.flow.lines import Line, files_of

REMEMBERED = 200
"""Files that went away whose heads are kept."""


@dataclass(slots=True)
class Tail:
    """Follows the files that a path means.

    A file is known by its inode, so a renamed one is not read twice, and by how it begins, so one that was truncated
    is read from its start and a copy of one that was read, compressed or not, adds only what is new in it. A copy that
    is not compressed is known from the first KiB on: shorter files may just begin alike.
    """

    path: str
    from_start: bool = True
    positions: Mapping[str, int] = field(default_factory=dict)
    """Where to go on, as `Tail.reached` gave it."""
    encoding: str = "utf-8"
    """One in which a line ends with the byte 10."""
    _open: dict[str, Followed] = field(default_factory=dict)
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
        heads = {head_name(opened.head): opened.offset for opened in self._open.values() if opened.head}
        copies = {name: opened.offset for opened in self._open.values() if (name := copy_of(opened))}
        return {**self._gone, **heads, **copies, **{key: opened.offset for key, opened in self._open.items()}}

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
        heads = [name for name in known if name.startswith("head:")]
        offset = known.get(key)
        if offset is not None and heads and not any(begins(stream, name) for name in heads):
            # The number of a deleted file was given to a new one.
            offset = None
        if offset is None:
            offset = size if skip else self._read_elsewhere(stream, size, known)
        if offset is None:
            stream.close()
            return
        self._open[key] = opened = Followed(key, str(file), stream, self.encoding)
        opened.go_on(offset if offset <= size else 0)

    def _read_elsewhere(self, stream: BinaryIO, size: int, known: Mapping[str, int]) -> int | None:
        """Return how much of a file was read already where it was copied from; None as long as that goes on: the
        original tells the rest, or is truncated before it could.
        """
        if size < HEAD:
            return 0
        number = stream.fileno()
        head = os.pread(number, HEAD, 0)
        copies = {}
        for other in self._open.values():
            if other.head != head:
                continue
            end = min(size, other.offset)
            begin = max(0, end - SEAM)
            here, there = (os.pread(one, end - begin, begin) for one in (number, other.stream.fileno()))
            if here == there:
                return size if other.offset >= size else None
            copies[copy_of(other)] = other.offset
        for name, offset in {**known, **copies}.items():
            begin = max(0, offset - SEAM)
            fits = name.startswith("copy:") and HEAD <= offset <= size
            if fits and name == copy_name(head, os.pread(number, offset - begin, begin)):
                return offset
        return 0

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
        offset = next((done[n] for n in done if n.startswith("head:") and is_head(plain, n)), 0)
        opened = Followed(f"gz:{key}", str(file), file.open("rb"), self.encoding, offset)
        opened.stream.close()
        *lines, rest = plain[offset:].split(b"\n")
        for line in lines:
            yield opened.line(line, len(line) + 1)
        if rest:
            yield opened.line(rest, len(rest))
        self._remember(plain[:HEAD], len(plain))

    def _forget(self, opened: Followed) -> None:
        if name := copy_of(opened):
            self._gone[name] = opened.offset
        self._remember(opened.head, opened.offset)

    def _remember(self, head: bytes, offset: int) -> None:
        if head:
            self._gone[head_name(head)] = offset
        while len(self._gone) > 2 * REMEMBERED:
            del self._gone[next(iter(self._gone))]
