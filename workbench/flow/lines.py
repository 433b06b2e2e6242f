"""Lines of text files that are read once, and which files a path means."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from workbench.signals.origins import NOBODY, Origin


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end."""

    uri: str
    number: int
    """1 for the first line since the file was opened by this reader."""
    text: str
    key: str = ""
    """What the file is known by while it is followed."""
    origin: Origin = NOBODY
    """Who wrote it, where that was said before it."""


def files_of(path: str) -> list[Path]:
    """Return the files that a path means, sorted: itself, all files of a folder, or all that match a pattern.

    `**` in a pattern stands for any number of folders.
    """
    place = Path(path)
    if place.is_dir():
        return sorted(entry for entry in place.iterdir() if entry.is_file() and not entry.name.startswith("."))
    if place.exists():
        return [place]
    return sorted(Path(name) for name in glob(path, recursive=True) if Path(name).is_file())


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


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\r\n").decode("utf-8", "replace")
