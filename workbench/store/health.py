"""How a workspace's database is doing: its version, its size, who holds it, what was left half done."""

from __future__ import annotations

from workbench.facts.evidence import Frozen
from workbench.store import lock
from workbench.store.db import DATABASE_NAME, Store
from workbench.store.migrations import known_version, version_of
from workbench.store.rows import number


class StoreHealth(Frozen):
    """What can be said about a database without reading its rows."""

    schema_version: int
    known_version: int
    """The newest schema that this Causeway knows."""
    file_bytes: int
    wal_bytes: int
    """Written but not yet merged into the file; it is merged when the workspace is closed."""
    owner_pid: int | None
    """The process that holds the workspace; None in memory."""
    sources: int
    unfinished_imports: int
    """Files whose import was cut off in an earlier session."""


def look(store: Store) -> StoreHealth:
    """Return how the database is doing."""
    file = store.path / DATABASE_NAME if store.path else None
    wal = file.with_name(file.name + ".wal") if file else None
    holder = lock.read(store.path) if store.path else None
    with store.connection() as cursor:
        return StoreHealth(
            schema_version=version_of(cursor),
            known_version=known_version(),
            file_bytes=file.stat().st_size if file else 0,
            wal_bytes=wal.stat().st_size if wal and wal.exists() else 0,
            owner_pid=holder.pid if holder else None,
            sources=number(cursor, "SELECT count(*) FROM sources"),
            unfinished_imports=number(
                cursor,
                "SELECT count(*) FROM sources WHERE kind = 'file' AND NOT finished AND session <> ?",
                [store.session],
            ),
        )
