"""Finds the files of an import, says which are left alone and why, and reads their beginnings."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from workbench.errors import BadInput

ANSWERS = frozenset({"target.json", "labels.json", "truth.json"})
"""Files that say what the cause was. They are never read, whatever a profile says."""

SUFFIXES = frozenset({".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".pq", ".log", ".txt", ".out"})
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
HEAD_BYTES = 256 * 1024
LONGEST_LINE = 16 * 1024 * 1024
"""A first line that is longer than this is refused: it would have to be held in memory whole."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file to import."""

    path: Path
    relative: str
    """Path below the folder that was given, with `/`, without .gz or .zst: profiles match against it."""
    compression: str
    """`gzip`, `zstd` or `none`, as DuckDB calls them."""
    bytes: int

    @property
    def suffix(self) -> str:
        """Return the ending that tells the format, in lower case."""
        return Path(self.relative).suffix.lower()

    def fits(self, globs: Sequence[str]) -> bool:
        """Tell whether the path, or the file's name alone, fits any of the globs."""
        name = self.relative.rsplit("/", 1)[-1]
        return any(fnmatchcase(text, glob) for glob in globs for text in (self.relative, name))


@dataclass(frozen=True, slots=True)
class Ignored:
    """One file that is left alone, and why."""

    path: Path
    reason: str


def discover(paths: Sequence[Path]) -> tuple[list[Found], list[Ignored]]:
    """Walk files and folders in a fixed order; a file is found once, however often it is named.

    Raises:
        BadInput: a path does not exist.
    """
    found: dict[Path, Found] = {}
    ignored: list[Ignored] = []
    for path in paths:
        if not path.exists():
            raise BadInput("no such file or folder", where=str(path), hint="Check the spelling and the current folder")
        if path.is_dir():
            for member in _walk(path):
                reason = _why_ignored(member)
                if reason:
                    ignored.append(Ignored(member, reason))
                else:
                    found.setdefault(member.resolve(), _found(member, member.relative_to(path).as_posix()))
        elif path.name in ANSWERS:
            ignored.append(Ignored(path, "it names the cause; answers are never read"))
        else:
            found.setdefault(path.resolve(), _found(path, path.name))
    return list(found.values()), ignored


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _why_ignored(path: Path) -> str:
    if path.name in ANSWERS:
        return "it names the cause; answers are never read"
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    # app.log.1 and app.log.2024-01-02 are logs that were rotated.
    while len(suffixes) > 1 and re.fullmatch(r"\.[\d_-]+", suffixes[-1]):
        suffixes.pop()
    if not suffixes or suffixes[-1] not in SUFFIXES:
        return "its ending is none of a telemetry file"
    return "" if path.is_file() else "it is no regular file"


def _found(path: Path, relative: str) -> Found:
    suffix = path.suffix.lower()
    compression = COMPRESSIONS.get(suffix, "none")
    relative = relative[: -len(suffix)] if compression != "none" else relative
    return Found(path=path, relative=relative, compression=compression, bytes=path.stat().st_size)


def stem(path: Path) -> str:
    """Return a file's name without the endings of its compression and its format."""
    name = path.name.removesuffix(path.suffix) if path.suffix.lower() in COMPRESSIONS else path.name
    return Path(name).stem


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_lines(file: Found) -> None:
    """Refuse a file with a line that DuckDB's CSV reader would leave out without a word.

    It reports lines of more than 2 MB, but drops one that is longer than its buffer of 32 MB.

    Raises:
        BadInput: a line is longer than `LONGEST_LINE`.
    """
    if file.bytes < LONGEST_LINE and (file.compression == "none" or _inflated(file) < LONGEST_LINE):
        return
    run = position = 0
    with open_stream(file) as stream:
        while piece := stream.read(1024 * 1024):
            first = piece.find(b"\n") if b"\n" in piece else piece.find(b"\r")
            if run + (first if first >= 0 else len(piece)) > LONGEST_LINE:
                raise BadInput(
                    f"the line that starts near byte {position - run:,} is longer than {LONGEST_LINE // 2**20} MB",
                    where=str(file.path),
                    hint="Telemetry has one record per line; cut this line out and import the file again",
                )
            last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
            run = len(piece) - last - 1 if last >= 0 else run + len(piece)
            position += len(piece)


def _inflated(file: Found) -> int:
    """Return the size after decompression as a gzip file tells it; that of a huge file when it cannot be known."""
    if file.compression != "gzip" or file.bytes < 8:
        return LONGEST_LINE
    with file.path.open("rb") as stream:
        stream.seek(-4, os.SEEK_END)
        return int.from_bytes(stream.read(4), "little")


def read_head(file: Found, size: int = HEAD_BYTES) -> bytes:
    """Return the first bytes of a file after decompression, at most `size`.

    Raises:
        BadInput: the file cannot be opened, or its compression is broken from the start.
    """
    try:
        with open_stream(file) as stream:
            return stream.read(size)
    except (EOFError, OSError) as error:
        raise BadInput(
            f"cannot be read: {error}",
            where=str(file.path),
            hint="The file may be cut off or not be what its ending says; fetch it again",
        ) from error


def open_stream(file: Found) -> IO[bytes]:
    """Open a file for reading its decompressed bytes."""
    if file.compression == "gzip":
        return cast("IO[bytes]", gzip.open(file.path, "rb"))
    if file.compression == "zstd":
        stream: IO[bytes] = pa.CompressedInputStream(pa.OSFile(str(file.path), "rb"), "zstd")
        return stream
    return file.path.open("rb")


def check_first_line(file: Found, head: bytes) -> None:
    """Refuse a file whose first line has no end within `LONGEST_LINE`, reading it in pieces.

    Raises:
        BadInput: the first line is too long.
    """
    if len(head) < HEAD_BYTES or b"\n" in head or b"\r" in head:
        return
    seen = 0
    with open_stream(file) as stream:
        while piece := stream.read(1024 * 1024):
            seen += len(piece)
            if b"\n" in piece or b"\r" in piece:
                return
            if seen > LONGEST_LINE:
                raise BadInput(
                    f"the first line is longer than {LONGEST_LINE // 2**20} MB",
                    where=str(file.path),
                    hint="Telemetry has one record per line; split the file, or export one batch per line",
                )


def words_in(file: Found, words: Sequence[str]) -> set[str]:
    """Return which of the words stand in a file, reading it in pieces and no further than needed.

    Raises:
        BadInput: the file cannot be read to its end.
    """
    left, found, tail = {word.encode() for word in words}, set[bytes](), b""
    longest = max(map(len, left))
    try:
        with open_stream(file) as stream:
            while left and (piece := stream.read(4 * 2**20)):
                piece = tail + piece
                seen = {word for word in left if word in piece}
                found, left, tail = found | seen, left - seen, piece[-longest:]
    except (EOFError, OSError) as error:
        hint = "The file may be cut off; fetch it again"
        raise BadInput(f"cannot be read to its end: {error}", where=str(file.path), hint=hint) from error
    return {word.decode() for word in found}
