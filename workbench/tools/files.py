"""Finds and reads plain files for the verbs that need no workspace: lines, numbers, names to print."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

from workbench.errors import BadInput

_ENDINGS = (".gz", ".zst")
_HEAD = 8192
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def check_paths(paths: Sequence[Path]) -> None:
    """Refuse what is neither a file nor a folder: a pipe can be read once only, and reading is done twice.

    Raises:
        BadInput: a path does not exist, or is a pipe or a device.
    """
    for path in paths:
        if not path.exists():
            raise BadInput("no such file or folder", where=str(path), hint="Check the spelling and the current folder")
        if not (path.is_file() or path.is_dir()):
            raise BadInput("is neither a file nor a folder", where=str(path), hint="Write a pipe's content to a file")


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
            inside = sorted(p for p in path.rglob("*") if _is_wanted(p, suffixes))
            found += [(p.relative_to(path).as_posix(), p) for p in inside]
        elif path.is_file():
            found.append((path.resolve().relative_to(shared).as_posix() if shared else str(path), path))
        else:
            check_paths([path])
    if not found:
        wanted = ", ".join(suffix or "no ending" for suffix in suffixes)
        raise BadInput("no file to read", where=", ".join(map(str, paths)), hint=f"Wanted are files with {wanted}")
    return found


def plain_suffix(path: Path) -> str:
    """Return the suffix of a file with its compression's ending left out."""
    name = path.name.lower()
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return Path(name).suffix


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file, divided by newline alone; bytes that are no text become a mark.

    Raises:
        BadInput: the file cannot be read, is binary, or its compression is broken.
    """
    text = read_text(path)
    lines = text.split("\n")
    return [line.rstrip("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]


def read_text(path: Path) -> str:
    """Return the text of a file: UTF-8, or UTF-16 with a byte order mark.

    Raises:
        BadInput: the file cannot be read, is binary, or its compression is broken.
    """
    try:
        with open_bytes(path) as stream:
            data = stream.read()
    except (OSError, EOFError) as error:
        raise BadInput(f"cannot be read: {error}", where=str(path), hint="Is the file whole?") from error
    if _is_binary(data):
        raise BadInput("the file is binary", where=str(path), hint="Wanted is text, or text packed as .gz or .zst")
    return data.decode(_WIDE.get(data[:2], "utf-8-sig"), errors="replace")


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacking .gz and .zst."""
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.suffix == ".zst":
        import pyarrow as pa

        return pa.CompressedInputStream(str(path), "zstd")  # type: ignore[no-any-return]
    return path.open("rb")


def _is_wanted(path: Path, suffixes: Sequence[str]) -> bool:
    if plain_suffix(path) not in suffixes or not path.is_file():
        return False
    # Only files without an ending have to be looked into: programs have none either.
    return path.suffix != "" or not _is_binary(_head(path))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD)
    except OSError:
        # It is wanted; reading it says why it cannot be read.
        return b""


def _is_binary(data: bytes) -> bool:
    return data[:2] not in _WIDE and b"\0" in data[:_HEAD]
