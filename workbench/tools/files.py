"""Finds and reads plain files for the verbs that need no workspace: lines, numbers, names to print."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

from workbench.errors import BadInput

_ENDINGS = (".gz", ".zst")


def expand(paths: Sequence[Path], suffixes: Sequence[str]) -> list[tuple[str, Path]]:
    """Return (name to print, file) for files and for all files with one of the suffixes inside folders.

    A file in a folder is named by its path below that folder; several files by their path below what they share.

    Raises:
        BadInput: a path does not exist, or nothing fits.
    """
    found: list[tuple[str, Path]] = []
    files = [path for path in paths if path.is_file()]
    shared = Path(os.path.commonpath([path.resolve().parent for path in files])) if len(files) > 1 else None
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and plain_suffix(p) in suffixes)
            found += [(p.relative_to(path).as_posix(), p) for p in inside]
        elif path.is_file():
            found.append((path.resolve().relative_to(shared).as_posix() if shared else str(path), path))
        else:
            raise BadInput("no such file or folder", where=str(path), hint="Check the spelling")
    if not found:
        raise BadInput("no file to read", where=", ".join(map(str, paths)), hint="Wanted: " + ", ".join(suffixes))
    return found


def plain_suffix(path: Path) -> str:
    """Return the suffix of a file with its compression's ending left out."""
    name = path.name.lower()
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return Path(name).suffix


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file, divided by newline alone; bytes that are not UTF-8 become a mark.

    Raises:
        BadInput: the file cannot be read or its compression is broken.
    """
    try:
        with open_bytes(path) as stream:
            text = stream.read().decode("utf-8", errors="replace")
    except (OSError, EOFError) as error:
        raise BadInput(f"cannot be read: {error}", where=str(path), hint="Is the file whole?") from error
    lines = text.split("\n")
    return [line.rstrip("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacking .gz and .zst."""
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.suffix == ".zst":
        import pyarrow as pa

        return pa.CompressedInputStream(str(path), "zstd")  # type: ignore[no-any-return]
    return path.open("rb")
