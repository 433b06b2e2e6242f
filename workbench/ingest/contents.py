"""Reads what is in a file piece by piece: its beginning, its hash, its longest line."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from workbench.errors import BadInput
from workbench.ingest.files import Found

HEAD_BYTES = 256 * 1024
LONGEST_LINE = 16 * 1024 * 1024
"""A first line that is longer than this is refused: it would have to be held in memory whole."""


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
