"""What SQL databases have in common and where they differ: quotes, marks for values, types, upserts, errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from workbench.errors import BadInput, SystemUnfit, Unreachable
from workbench.flow.naming import outside

Fate = Literal["later", "row", "unfit"]
"""What an error of a driver means: try again; this row will never do; no row will ever do."""

Connect = Callable[[], AbstractContextManager[Any]]
"""Opens a connection of Python's DB-API that is closed on leaving."""


@dataclass(frozen=True)
class Dialect:
    """How one database writes what all have."""

    types: Mapping[str, str]
    """Name of a column's type by what Pathway calls it, such as `int` or `DateTimeUtc`; `key` is for texts in a key."""
    upsert: Callable[[Dialect, str, Sequence[str], Sequence[str]], str]
    """Returns the statement that inserts or replaces a row; see `on_conflict`."""
    fate: Callable[[Exception], Fate | None]
    """Tells what an error means; None when it is not the driver's."""
    value: Callable[[Any], Any] = lambda value: json.dumps(value) if isinstance(value, (dict, list)) else value
    """Makes of a plain value what the driver takes; see `outside.outward`."""
    quotes: tuple[str, str] = ('"', '"')
    mark: str = "%s"

    def name(self, dotted: str) -> str:
        """Return a name, perhaps with its schema before a dot, so that no character in it means anything."""
        left, right = self.quotes
        parts = [left + part.replace(right, right * 2) + right for part in dotted.split(".")]
        return ".".join(parts).replace("%", "%%" if self.mark == "%s" else "%")

    def names(self, columns: Sequence[str]) -> str:
        """Return a list of names."""
        return ", ".join(self.column(name) for name in columns)

    def column(self, name: str) -> str:
        """Return what a column of the flow is called in the database; see `naming`."""
        return self.quoted(outside(name))

    def quoted(self, name: str) -> str:
        """Return a name in which a dot is nothing but a dot."""
        left, right = self.quotes
        return (left + name.replace(right, right * 2) + right).replace("%", "%%" if self.mark == "%s" else "%")

    def insert(self, table: str, columns: Sequence[str]) -> str:
        """Return the statement that inserts a row."""
        marks = ", ".join([self.mark] * len(columns))
        return f"INSERT INTO {self.name(table)} ({self.names(columns)}) VALUES ({marks})"

    def delete(self, table: str, key: Sequence[str]) -> str:
        """Return the statement that deletes the row with a key."""
        conditions = " AND ".join(f"{self.column(name)} = {self.mark}" for name in key)
        return f"DELETE FROM {self.name(table)} WHERE {conditions}"

    def create(self, table: str, columns: Mapping[str, str], key: Sequence[str]) -> str:
        """Return the statement that makes a table; `columns` has the database's own types."""
        parts = [f"{self.column(name)} {kind}" + " NOT NULL" * (name in key) for name, kind in columns.items()]
        if key:
            parts.append(f"PRIMARY KEY ({self.names(key)})")
        return f"CREATE TABLE IF NOT EXISTS {self.name(table)} ({', '.join(parts)})"

    def type_of(self, hint: Any, *, in_key: bool = False) -> str:
        """Return the type of a column whose type in the graph is `hint`; raises `BadInput`."""
        plain = str(hint).removesuffix(" | None").removeprefix("Optional(").removesuffix(")")
        plain = plain.rsplit(".", 1)[-1].removesuffix("'>").removeprefix("<class '")
        if plain not in self.types:
            known = ", ".join(sorted(set(self.types) - {"key"}))
            raise BadInput(
                f"a column of type {plain} has no type there", hint=f"Put tables.cast before; known: {known}"
            )
        return self.types["key"] if in_key and plain == "str" and "key" in self.types else self.types[plain]


def on_conflict(dialect: Dialect, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Return the upsert of PostgreSQL, SQLite and DuckDB."""
    rest = [name for name in columns if name not in key]
    changes = ", ".join(f"{dialect.column(name)} = excluded.{dialect.column(name)}" for name in rest)
    then = f"DO UPDATE SET {changes}" if rest else "DO NOTHING"
    return f"{dialect.insert(table, columns)} ON CONFLICT ({dialect.names(key)}) {then}"


@contextmanager
def translated(where: str, fate: Callable[[Exception], Fate | None]) -> Iterator[None]:
    """Turn what a driver raises into `Unreachable`, `BadInput` or `SystemUnfit`."""
    try:
        yield
    except Exception as error:
        said = told(error)
        match fate(error):
            case "later":
                raise Unreachable(where, said) from error
            case "row":
                raise BadInput(said, where=where) from error
            case "unfit":
                raise SystemUnfit(where, said) from error
            case _:
                raise


def told(error: Exception) -> str:
    """Return what a driver's error says as one line, with the server's number behind it if there is one."""
    first = error.args[0] if error.args else ""
    parts = first if isinstance(first, tuple) and first else error.args
    text = parts[-1] if len(parts) > 1 and isinstance(parts[0], int) else str(error)
    text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    # Some drivers say the same twice.
    lines = list(dict.fromkeys(part.strip() for part in text.splitlines() if part.strip()))
    number = f" ({parts[0]})" if len(parts) > 1 and isinstance(parts[0], int) else ""
    return " ".join(lines).rstrip(".")[:400] + number
