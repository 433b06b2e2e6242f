"""Where rows came from: files, runs, simulators, callers. A source gives its rows their ids.

Register a source, append its rows, finish it. A file whose import was cut off (never finished) does not count as
imported: registering the same content again takes the old half back.
"""

from __future__ import annotations

import time
from typing import Any, Literal

import duckdb

from workbench.errors import BadInput, NotFound
from workbench.facts.evidence import Frozen
from workbench.semconv import Table
from workbench.store.db import Store
from workbench.store.rows import insert, models, next_number, number, to_json

Kind = Literal["file", "run", "simulator", "api"]
Role = Literal["case", "reference"]

ROWS_PER_SOURCE = 2**36
"""row_id = source_id * ROWS_PER_SOURCE + ordinal of the row within its source."""

_COLUMNS = "source_id, kind, uri, sha256, scope, role, profile, rows, rejected, imported_unix_nano, finished"


class Source(Frozen):
    """One origin of rows."""

    source_id: int
    kind: Kind
    uri: str
    sha256: str = ""
    """Of the file's bytes, in hex; '' for what is no file."""
    scope: str
    """The data set it belongs to: a case folder's name, a run's id, "live"."""
    role: Role = "case"
    """`reference` is fault-free telemetry to compare with."""
    profile: str = ""
    rows: dict[str, int] = {}
    """Rows per table; empty until finished."""
    rejected: int = 0
    imported_unix_nano: int
    finished: bool = True
    """False while the import runs, and after one that was cut off."""


def register(
    store: Store, *, kind: Kind, uri: str, sha256: str = "", scope: str, role: Role = "case", profile: str = ""
) -> Source:
    """Give an origin its id. Rows of an earlier, unfinished import of the same content in this scope are removed."""
    with store.transaction() as cursor:
        if sha256:
            _take_back_cut_off(store, cursor, sha256, scope)
        found: dict[str, Any] = {
            "source_id": next_number(cursor, "source"),
            "kind": kind,
            "uri": uri,
            "sha256": sha256,
            "scope": scope,
            "role": role,
            "profile": profile,
            "rows": {},
            "rejected": 0,
            "imported_unix_nano": time.time_ns(),
            "finished": False,
        }
        insert(cursor, "sources", {**found, "session": store.session})
    return Source.model_validate(found)


def finish(store: Store, source_id: int, rows: dict[str, int], rejected: int = 0) -> Source:
    """Mark a source as wholly there, with its counts.

    Raises:
        NotFound: there is no such source.
    """
    with store.transaction() as cursor:
        cursor.execute(
            "UPDATE sources SET rows = ?, rejected = ?, finished = true WHERE source_id = ?",
            [to_json(rows), rejected, source_id],
        )
        return get(store, source_id)


def get(store: Store, source_id: int) -> Source:
    """Return one source.

    Raises:
        NotFound: there is no such source.
    """
    with store.connection() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM sources WHERE source_id = ?", [source_id])
        found = models(cursor, Source, "rows")
    if not found:
        raise NotFound("source", str(source_id))
    return found[0]


def by_hash(store: Store, sha256: str, scope: str, *, finished: bool = True) -> Source | None:
    """Return the source with this content in a scope; with `finished=False` also one that was cut off."""
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM sources WHERE sha256 = ? AND scope = ? AND (finished OR ?) "
            "ORDER BY source_id LIMIT 1",
            [sha256, scope, not finished],
        )
        found = models(cursor, Source, "rows")
    return found[0] if found else None


def latest(store: Store, limit: int = 100, *, scope: str | None = None) -> list[Source]:
    """Return sources, newest first."""
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM sources WHERE ? IS NULL OR scope = ? ORDER BY source_id DESC LIMIT ?",
            [scope, scope, limit],
        )
        return models(cursor, Source, "rows")


def forget(store: Store, source_id: int) -> None:
    """Remove a source with its rows and its rejected lines, such as after an import that failed."""
    with store.transaction() as cursor:
        _remove(store, cursor, source_id)


def link_reference(store: Store, scope: str, reference_scope: str) -> None:
    """Say that a fault-free data set belongs to a case; the order of linking is kept. Linking twice is fine."""
    if scope == reference_scope:
        raise BadInput(f"scope {scope!r} cannot be its own reference", hint="Give the reference a scope of its own")
    with store.transaction() as cursor:
        place = number(cursor, "SELECT count(*) FROM reference_links WHERE scope = ?", [scope])
        row = {"scope": scope, "reference_scope": reference_scope, "position": place}
        insert(cursor, "reference_links", row, or_="IGNORE")


def reference_scopes(store: Store, scope: str) -> list[str]:
    """Return the scopes of the fault-free data sets of a case, in the order they were linked."""
    with store.connection() as cursor:
        cursor.execute("SELECT reference_scope FROM reference_links WHERE scope = ? ORDER BY position", [scope])
        return [row[0] for row in cursor.fetchall()]


def _take_back_cut_off(store: Store, cursor: duckdb.DuckDBPyConnection, sha256: str, scope: str) -> None:
    # Only of earlier sessions: one of this session may still be running in another thread.
    cursor.execute(
        "SELECT source_id FROM sources WHERE sha256 = ? AND scope = ? AND NOT finished AND session <> ?",
        [sha256, scope, store.session],
    )
    for (source_id,) in cursor.fetchall():
        _remove(store, cursor, source_id)


def _remove(store: Store, cursor: duckdb.DuckDBPyConnection, source_id: int) -> None:
    for table in (*Table, "rejected", "sources"):
        cursor.execute(f"DELETE FROM {table} WHERE source_id = ?", [source_id])
    store.ordinals.pop(source_id, None)
