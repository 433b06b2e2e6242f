"""Where files lie: what is there, and how it is opened. Disks here; buckets and drives in files of their own."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Protocol

from workbench.flow.lines import files_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One file."""

    path: str
    """What it is known by; unique in its place."""
    size: int
    """In bytes; 0 when the place does not say."""
    modified: datetime
    version: str
    """Another text when the file has changed."""
    id: str = ""
    """What the place itself calls it, where that is not the path."""


class Place(Protocol):
    """A place with files. Both methods raise `RetryLater` or `GiveUp`."""

    def entries(self) -> Iterable[Entry]:
        """Return the files that are there now, in any order."""

    def open(self, entry: Entry) -> AbstractContextManager[BinaryIO]:
        """Open a file, from which can be read at any position; raises FileNotFoundError when it is gone or changed."""


class Disk:
    """Files on this machine."""

    def __init__(self, path: str) -> None:
        """Prepare; see `files_of` for what a path means."""
        self.path = path

    def entries(self) -> Iterable[Entry]:
        """Return the files that are there now."""
        for file in files_of(self.path):
            try:
                found = file.stat()
            except FileNotFoundError:
                continue
            modified = datetime.fromtimestamp(found.st_mtime, UTC)
            yield Entry(str(file), found.st_size, modified, f"{found.st_mtime_ns}-{found.st_size}")

    def open(self, entry: Entry) -> AbstractContextManager[BinaryIO]:
        """Open a file."""
        return open(entry.path, "rb")
