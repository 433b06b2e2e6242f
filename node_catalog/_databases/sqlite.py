"""SQLite: a file that several programs may have open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from workbench.errors import SystemUnfit
from workbench.flow.outside import as_text
from workbench.flow.sql import Dialect, Fate, on_conflict

BUSY_S = 5.0
"""How long SQLite itself waits for another program's transaction."""


def fate(error: Exception) -> Fate | None:
    """Tell what an error of SQLite means."""
    match error:
        case sqlite3.OperationalError() if "locked" in str(error) or "busy" in str(error):
            return "later"
        case sqlite3.OperationalError() | sqlite3.ProgrammingError():
            return "unfit"
        case sqlite3.Error():
            return "row"
    return None


def value(plain: Any) -> Any:
    """Return a value as SQLite keeps it: times as ISO 8601, durations as seconds."""
    match plain:
        case datetime():
            return plain.isoformat(sep=" ")
        case timedelta():
            return plain.total_seconds()
        case dict() | list():
            return as_text(plain)
    return plain


SQLITE = Dialect(
    types={
        "str": "TEXT",
        "int": "INTEGER",
        "float": "REAL",
        "bool": "INTEGER",
        "bytes": "BLOB",
        "Json": "TEXT",
        "DateTimeUtc": "TEXT",
        "DateTimeNaive": "TEXT",
        "Duration": "REAL",
        "Pointer": "TEXT",
    },
    upsert=on_conflict,
    fate=fate,
    value=value,
    mark="?",
)


@contextmanager
def connected(path: str, *, write: bool) -> Iterator[sqlite3.Connection]:
    """Open a database file; only a writer makes it when it is not there."""
    mode = "rwc" if write else "ro"
    try:
        connection = sqlite3.connect(
            f"{Path(path).resolve().as_uri()}?mode={mode}", uri=True, timeout=BUSY_S, check_same_thread=False
        )
    except sqlite3.OperationalError as error:
        raise SystemUnfit(path, str(error)) from error
    with closing(connection):
        yield connection


def tables(connection: sqlite3.Connection) -> int:
    """Return how many tables there are; shows that it is a database."""
    (count,) = connection.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchone()
    return int(count)
