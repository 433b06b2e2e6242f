"""Base of sinks in vector stores: rows become points, each with an id, a vector and what is known of it."""

from __future__ import annotations

import math
import uuid
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from pydantic import Field

from workbench.errors import BadInput, SystemUnfit
from workbench.flow.fields import Column
from workbench.flow.outside import as_text
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, Writer, Writing, latest, write_rows


class Point(NamedTuple):
    """A row as vector stores know it."""

    id: str
    vector: list[float]
    known: dict[str, Any]
    """The other columns: texts, numbers, true or false; what has no value is left out."""


class Vectors(Writing):
    """Every sink in a vector store: override `connected`, `where`, `found`, `upsert` and `delete`, perhaps `make`."""

    connected: ClassVar[Callable[..., Any]]
    """Method `connected(self, secrets)`: opens a client that is closed on leaving."""
    where: ClassVar[Any]
    """Property: the collection with its server, for errors."""

    key: list[Column] = Field(min_length=1)
    """Columns that tell points apart: a point that is written again replaces itself, a row that goes deletes it."""
    embedding: Column
    """Column with the vector: a list of numbers, as a model has computed it in the flow."""
    columns: list[Column] | None = None
    """Columns that are kept beside the vector; all others when left out."""

    @abstractmethod
    def told(self, connection: Any) -> str:
        """Return in a few words what is there, for a probe."""

    @abstractmethod
    def found(self, connection: Any) -> str | None:
        """Return what the store calls the collection; None when it has to be made first."""

    def make(self, connection: Any, size: int) -> str:
        """Make the collection for vectors of so many numbers and return what the store calls it."""
        raise SystemUnfit(self.where, f"there is no such collection for vectors of {size} numbers")

    @abstractmethod
    def upsert(self, connection: Any, collection: str, points: list[Point]) -> None:
        """Write points in place of those with their ids; raises as `Writer.write` does."""

    @abstractmethod
    def delete(self, connection: Any, collection: str, ids: list[str]) -> None:
        """Delete the points with some ids, where they are there."""

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Make our errors of those that the client of the store raises."""
        yield

    def probe(self, *, secrets: Secrets) -> str:
        """Connect, and say what is there."""
        with self.translated(), self.connected(secrets) as connection:
            return f"{self.where}: {self.told(connection)}"

    def write_points(self, rows: Rows, sink: Sink, secrets: Secrets) -> None:
        """Write the rows; raises `BadInput` when a column that is needed is not there."""
        has = rows.column_names()
        lacking = [name for name in (*self.key, self.embedding, *(self.columns or ())) if name not in has]
        if lacking:
            raise BadInput(f"there is no column {lacking[0]!r}; there are {', '.join(has)}")
        write_rows(rows, PointWriter(self, sink, secrets))


class PointWriter(Writer):
    """Makes points of rows and has their node write them."""

    node: Vectors

    def __init__(self, node: Vectors, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, node.where)
        self.secrets = secrets
        self._collection: str | None = None

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Open a client."""
        self._collection = None
        with self.node.translated(), self.node.connected(self.secrets) as connection:
            yield connection

    def id_of(self, values: Mapping[str, Any]) -> str:
        """Return the id of a row: its key, as JSON without the brackets when it is more than one text."""
        parts = [values[name] for name in self.node.key]
        return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else as_text(parts)[1:-1]

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Return the last state of each point."""
        return latest(changes, self.node.key)

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Write a batch; written in part, it can be written again."""
        points = [self._point(change.values) for change in changes if change.added]
        ids = [self.id_of(change.values) for change in changes if not change.added]
        with self.node.translated():
            if self._collection is None:
                self._collection = self.node.found(connection)
            if self._collection is None and points:
                self._collection = self.node.make(connection, len(points[0].vector))
            if points and self._collection is not None:
                self.node.upsert(connection, self._collection, points)
            if ids and self._collection is not None:
                self.node.delete(connection, self._collection, ids)

    def _point(self, values: Mapping[str, Any]) -> Point:
        vector = values[self.node.embedding]
        if not isinstance(vector, list) or not vector or not all(_is_number(part) for part in vector):
            raise BadInput(f"{self.node.embedding!r} holds no vector, that is a list of numbers", where=self.where)
        chosen = self.node.columns if self.node.columns is not None else [n for n in values if n != self.node.embedding]
        known = {name: _plain(values[name]) for name in chosen if values[name] is not None}
        return Point(self.id_of(values), [float(part) for part in vector], known)


def uuid_of(text: str) -> str:
    """Return a UUID for an id, for stores that take no other ids; the same for the same text, everywhere."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"causeway:{text}"))


def _is_number(part: Any) -> bool:
    return isinstance(part, (int, float)) and not isinstance(part, bool) and math.isfinite(part)


def _plain(value: Any) -> Any:
    match value:
        case str() | bool() | int() | float():
            return value
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():
            return value.hex()
    return as_text(value)
