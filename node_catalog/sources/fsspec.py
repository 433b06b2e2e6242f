"""The node `sources.fsspec`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, BinaryIO, ClassVar

from pydantic import Field

from node_catalog._files.places import Entry
from node_catalog._files.reading import Files, FilesReader
from workbench.errors import SystemUnfit, Unreachable
from workbench.flow.example import Example, grid, reads
from workbench.flow.fields import Secret
from workbench.flow.following import followed
from workbench.flow.node import Extra
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source

_TIMES = ("mtime", "modified", "LastModified", "last_modified", "updated", "created", "date_time")
"""What file systems call the time of a change."""


class FsspecFiles(Files):
    """Read files from any file system that fsspec knows: SFTP, SMB, WebDAV, cloud storage, archives.

    Most need a package of their own, which fsspec names when it is not there. Whole files or records are read as
    sources.s3 does.
    """

    needs = Extra("fsspec", "fsspec")
    tested = "real library"

    url: str = Field(pattern=r"^[a-z0-9+:]+://[^@]*$")
    """Folder or pattern with its protocol, such as sftp://backup/logs/**/*.gz or zip://*.csv::archive.zip."""
    options: dict[str, Any] = {}
    """What the file system wants to know, such as username or port; what is secret belongs into option_secrets."""
    option_secrets: dict[str, Secret] = {}
    """Secret options: name and ${secret:NAME}."""
    poll_s: float = Field(10.0, gt=0, le=3600)
    """How often to list the files, in seconds."""

    example: ClassVar[Example | None] = reads(
        {
            "url": "file://inbox/**/*.csv",
            "format": "csv",
            "columns": {"service": "text", "ms": "number"},
            "follow": False,
        },
        grid("service ms", ("cart", 12.5), ("pay", 8.0)),
        {"inbox/monday/calls.csv": "service,ms\ncart,12.5\npay,8\n"},
    )

    @contextmanager
    def opened(self, secrets: Secrets) -> Iterator[FileSystem]:
        """Connect."""
        from fsspec.core import url_to_fs

        hidden = {name: secrets(reference) for name, reference in self.option_secrets.items()}
        with _translated(self.url):
            system, path = url_to_fs(
                self.url, **self.options, **hidden, use_listings_cache=False, skip_instance_cache=True
            )
        yield FileSystem(system, path, self.url)

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(FilesReader(self, source, lambda: self.opened(secrets)))

    def probe(self, *, secrets: Secrets) -> str:
        """List the files."""
        with self.opened(secrets) as place:
            return f"{self.url}: {sum(1 for _ in place.entries())} files"


class FileSystem:
    """Files of a file system; see `places.Place`."""

    def __init__(self, system: Any, path: str, where: str) -> None:
        self._system, self._path, self._where = system, path, where

    def entries(self) -> Iterable[Entry]:
        """Return the files that are there now."""
        with _translated(self._where):
            pattern = any(mark in self._path for mark in "*?[")
            find = self._system.glob if pattern else self._system.find
            found = find(self._path, detail=True)
        for path, about in found.items():
            if about.get("type") == "file":
                said = next((about[name] for name in _TIMES if about.get(name) is not None), 0)
                modified = _time(said)
                version = f"{said}-{about.get('size')}-{about.get('ETag') or about.get('CRC') or ''}"
                yield Entry(path, about.get("size") or 0, modified, version)

    def open(self, entry: Entry) -> AbstractContextManager[BinaryIO]:
        """Open a file."""
        with _translated(entry.path):
            opened: BinaryIO = self._system.open(entry.path, "rb")
            return opened if hasattr(opened, "__exit__") else nullcontext(opened)


@contextmanager
def _translated(where: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (ImportError, ValueError, PermissionError, TypeError) as error:
        raise SystemUnfit(where, str(error).rstrip(".") or type(error).__name__) from error
    except OSError as error:
        raise Unreachable(where, str(error) or type(error).__name__) from error


def _time(said: Any) -> datetime:
    if isinstance(said, datetime):
        return said if said.tzinfo is not None else said.replace(tzinfo=UTC)
    if isinstance(said, (int, float)):
        return datetime.fromtimestamp(said, UTC)
    if isinstance(said, tuple):
        year, month, day, hour, minute, second = said[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
