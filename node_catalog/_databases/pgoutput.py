"""Reads the messages of PostgreSQL's logical replication, version 1 of the plug-in `pgoutput` that every server has."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Relation(NamedTuple):
    """A table, as its next rows will have it."""

    name: str
    columns: tuple[tuple[str, int], ...]
    """Name and type (its object id) of each column."""


class RowChange(NamedTuple):
    """A row that came, changed or went; values are texts as PostgreSQL writes them, by column."""

    table: str
    old: dict[str, str | None] | None
    """What is known of the row before: its key, or all when the table's replica identity is full."""
    new: dict[str, str | None] | None
    """None for a row that went. Large values that did not change are left out."""
    types: dict[str, int]


class Truncated(NamedTuple):
    """All rows of some tables went."""

    tables: list[str]


class Committed(NamedTuple):
    """The end of a transaction; what came before it is complete."""

    end: int
    """Place in the log behind it."""


@dataclass
class Decoder:
    """Remembers the tables that were described."""

    relations: dict[int, Relation] = field(default_factory=dict)

    def decode(self, message: bytes) -> RowChange | Truncated | Committed | None:
        """Return what a message says; None for those that only prepare others."""
        reader = _Reader(message)
        match reader.take("c"):
            case b"R":
                self._relation(reader)
            case b"I":
                relation = self.relations[reader.take("I")]
                reader.take("c")
                return _change(relation, None, reader.tuple(relation))
            case b"U":
                relation = self.relations[reader.take("I")]
                kind = reader.take("c")
                old = reader.tuple(relation) if kind in (b"K", b"O") else None
                if old is not None:
                    reader.take("c")
                return _change(relation, old, reader.tuple(relation))
            case b"D":
                relation = self.relations[reader.take("I")]
                reader.take("c")
                return _change(relation, reader.tuple(relation), None)
            case b"T":
                count, _ = reader.take("I"), reader.take("B")
                return Truncated([self.relations[reader.take("I")].name for _ in range(count)])
            case b"C":
                reader.take("B")
                reader.take("Q")
                return Committed(reader.take("Q"))
        return None

    def _relation(self, reader: _Reader) -> None:
        number, schema, name = reader.take("I"), reader.text(), reader.text()
        reader.take("c")
        columns = []
        for _ in range(reader.take("H")):
            reader.take("B")
            column, kind, _ = reader.text(), reader.take("I"), reader.take("i")
            columns.append((column, kind))
        self.relations[number] = Relation(f"{schema}.{name}", tuple(columns))


class _Reader:
    """Takes a message apart from front to back."""

    def __init__(self, message: bytes) -> None:
        self._message, self._place = message, 0

    def take(self, form: str) -> Any:
        (value,) = struct.unpack_from(f"!{form}", self._message, self._place)
        self._place += struct.calcsize(f"!{form}")
        return value

    def text(self) -> str:
        end = self._message.index(b"\0", self._place)
        found = self._message[self._place : end].decode()
        self._place = end + 1
        return found

    def tuple(self, relation: Relation) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for place in range(self.take("H")):
            name = relation.columns[place][0]
            match self.take("c"):
                case b"n":
                    found[name] = None
                case b"t":
                    size = self.take("I")
                    found[name] = self._message[self._place : self._place + size].decode()
                    self._place += size
        return found


def _change(relation: Relation, old: dict[str, str | None] | None, new: dict[str, str | None] | None) -> RowChange:
    return RowChange(relation.name, old, new, dict(relation.columns))
