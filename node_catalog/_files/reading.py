"""Base of sources that read files: those that are there, then new and changed ones; an offset for each record."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from pydantic import Field, model_validator

from node_catalog._files.formats import WHOLE, Format, records
from node_catalog._files.places import Entry, Place
from workbench.flow.fields import ColumnType, NewColumn
from workbench.flow.following import Follower, Following
from workbench.flow.node import Delivery
from workbench.flow.services import Source
from workbench.flow.source import wait

AT_ONCE_BYTES = 16 << 20
"""Content of whole files that is handed over at once; the graph then takes it before more is read."""


class Files(Following):
    """Settings of every source that reads files."""

    delivery: ClassVar[Delivery | None] = "exactly-once"

    format: Format = "binary"
    """`binary` and `text` make a row of each whole file (path, data, size, modified), the others of each record."""
    columns: dict[NewColumn, ColumnType] = {}
    """Columns to read and their types; none for whole files."""
    path_column: NewColumn | None = None
    """With records: column that takes the path of the file that a record came from."""
    max_mb: float = Field(64.0, gt=0, le=2000)
    """With whole files: larger ones are rejected, in MB."""

    @model_validator(mode="after")
    def _columns_fit(self) -> Files:
        if self.whole == bool(self.columns):
            may = "the rows of whole files have the columns " + ", ".join(WHOLE["binary"])
            raise ValueError(f"columns: {may}" if self.whole else f"format {self.format} needs columns")
        if self.path_column in self.columns:
            raise ValueError(f"path_column {self.path_column!r} is one of the columns already")
        return self

    @property
    def whole(self) -> bool:
        """Whether a row is a whole file."""
        return self.format in WHOLE

    @property
    def all_columns(self) -> dict[str, ColumnType]:
        """Columns of the rows."""
        more: dict[str, ColumnType] = {self.path_column: "text"} if self.path_column else {}
        return WHOLE[self.format] if self.whole else {**self.columns, **more}


class FilesReader(Follower):
    """Reads the files of a place, the oldest first."""

    node: Files

    def __init__(self, node: Files, source: Source, opened: Callable[[], AbstractContextManager[Place]]) -> None:
        """Prepare.

        Args:
            node: The settings.
            source: The node's service.
            opened: Connects to the place.
        """
        key = ["path"] if node.whole and node.follow else []
        super().__init__(node.model_copy(update={"columns": node.all_columns}), source, key)
        self.wanted, self.opened = list(node.columns), opened
        self._weight = 0

    def connect(self) -> AbstractContextManager[Place]:
        """Connect."""
        return self.opened()

    def poll(self, connection: Place) -> None:
        """Take the files that are new or changed; let go of those that are not there any more."""
        seen = Seen(self.offset)
        entries = sorted(connection.entries(), key=lambda entry: (entry.modified, entry.path))
        for path in seen.gone({entry.path for entry in entries}):
            if self.key:
                self.take_back({"path": path})
        for entry in entries:
            if self.stopping:
                break
            skipped = seen.records(entry)
            if skipped is None:
                continue
            if self._take_file(connection, entry, seen, skipped):
                seen.done(entry)
            if self.full or self._weight >= AT_ONCE_BYTES:
                self._let_go(seen)
        self.reached(seen.offset())

    def _take_file(self, place: Place, entry: Entry, seen: Seen, skipped: int) -> bool:
        """Take the records of a file; tell whether it was read to its end."""
        try:
            if self.node.whole and entry.size > self.node.max_mb * 1e6:
                raise ValueError(f"has {entry.size / 1e6:.1f} MB, more than max_mb = {self.node.max_mb:g}")
            with place.open(entry) as stream:
                for number, found in records(entry, stream, self.node.format, self.wanted):
                    if number <= skipped:
                        continue
                    self._take(entry, number, found)
                    if self.full and not self.node.whole:
                        self.reached(seen.offset(entry, number))
                        if self.stopping:
                            return False
        except FileNotFoundError:
            # It is looked at again with the next list of files.
            return False
        except ValueError as error:
            self._refuse(entry, 0, str(error))
        return True

    def _take(self, entry: Entry, number: int, found: Any) -> None:
        if isinstance(found, str):
            self._refuse(entry, number, found)
            return
        if self.node.whole:
            self._weight += len(found["data"])
        elif self.node.path_column:
            found = {**found, self.node.path_column: entry.path}
        self.take(found, where=entry.path, place=number)

    def _refuse(self, entry: Entry, number: int, reason: str) -> None:
        self.rejected += 1
        self.source.reject(uri=entry.path, line=number, reason=reason, raw="")

    def _let_go(self, seen: Seen) -> None:
        self.reached(seen.offset())
        self.flush()
        # Rows are counted where they wait, not weighed; so what is heavy has to leave before more comes.
        while self._weight >= AT_ONCE_BYTES and self._buffer.qsize() and not wait(self.source, 0.01):
            pass
        self._weight = 0


class Seen:
    """Which files are read: the versions of those that are, and the place in one that is not yet."""

    def __init__(self, offset: str | None) -> None:
        """Begin where `offset` says."""
        self._files: dict[str, str]
        self._files, self._now = json.loads(offset) if offset else ({}, None)
        self._text: str | None = None

    def gone(self, present: set[str]) -> list[str]:
        """Return and forget the files that are not there any more."""
        lost = [path for path in self._files if path not in present]
        for path in lost:
            del self._files[path]
            self._text = None
        return lost

    def records(self, entry: Entry) -> int | None:
        """Return how many records of a file are read; None when it is done."""
        if self._files.get(entry.path) == entry.version:
            return None
        return self._now[2] if self._now is not None and self._now[:2] == [entry.path, entry.version] else 0

    def done(self, entry: Entry) -> None:
        """Remember a file that was read to its end."""
        self._files[entry.path] = entry.version
        self._text = None
        if self._now is not None and self._now[0] == entry.path:
            self._now = None

    def offset(self, entry: Entry | None = None, number: int = 0) -> str:
        """Return the offset; with a file, behind so many of its records."""
        if entry is not None:
            self._now = [entry.path, entry.version, number]
        if self._text is None:
            self._text = json.dumps(self._files, ensure_ascii=False)
        return f"[{self._text}, {json.dumps(self._now, ensure_ascii=False)}]"
