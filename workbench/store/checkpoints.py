"""Rows of the LangGraph saver, so that an investigation goes on where it was cut off; bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from workbench.store.db import Store

_PLACE = "thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?"


class CheckpointRow(NamedTuple):
    """One state of a graph."""

    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str
    parent_checkpoint_id: str | None
    type: str
    """Name of the serializer's format."""
    checkpoint: bytes
    metadata: str
    """JSON text."""


class WriteRow(NamedTuple):
    """One pending write of a task."""

    task_id: str
    idx: int
    """Below 0 for the special channels (error, interrupt, ...)."""
    channel: str
    type: str
    value: bytes
    task_path: str = ""


def put(store: Store, row: CheckpointRow) -> None:
    """Store a checkpoint; the same id is written over."""
    with store.transaction() as cursor:
        cursor.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)", list(row))


def put_writes(
    store: Store,
    thread_id: str,
    checkpoint_ns: str,
    checkpoint_id: str,
    writes: Sequence[WriteRow],
    *,
    replace: bool = False,
) -> None:
    """Store a task's writes; one that is there already stays, unless `replace`."""
    if not writes:
        return
    verb = "REPLACE" if replace else "IGNORE"
    place = [thread_id, checkpoint_ns, checkpoint_id]
    with store.transaction() as cursor:
        cursor.executemany(
            f"INSERT OR {verb} INTO checkpoint_writes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [[*place, *WriteRow(*write)] for write in writes],
        )


def get(
    store: Store, thread_id: str, checkpoint_ns: str = "", checkpoint_id: str | None = None
) -> CheckpointRow | None:
    """Return one checkpoint, or the newest of the thread when no id is given; None when there is none."""
    found = list_(store, thread_id=thread_id, checkpoint_ns=checkpoint_ns, checkpoint_id=checkpoint_id or None, limit=1)
    return found[0] if found else None


def writes_of(store: Store, thread_id: str, checkpoint_ns: str, checkpoint_id: str) -> list[WriteRow]:
    """Return the pending writes of a checkpoint, ordered by task path, task and index."""
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT task_id, idx, channel, type, value, task_path FROM checkpoint_writes WHERE {_PLACE} "
            "ORDER BY task_path, task_id, idx",
            [thread_id, checkpoint_ns, checkpoint_id],
        )
        return [WriteRow(*row) for row in cursor.fetchall()]


def list_(
    store: Store,
    *,
    thread_id: str | None = None,
    checkpoint_ns: str | None = None,
    checkpoint_id: str | None = None,
    before: str | None = None,
    limit: int | None = None,
) -> list[CheckpointRow]:
    """Return checkpoints that fit all that is given, newest first; `before` is a checkpoint id, itself left out."""
    wanted = {"thread_id = ?": thread_id, "checkpoint_ns = ?": checkpoint_ns, "checkpoint_id = ?": checkpoint_id}
    given = {
        condition: value for condition, value in {**wanted, "checkpoint_id < ?": before}.items() if value is not None
    }
    with store.connection() as cursor:
        cursor.execute(
            f"SELECT {', '.join(CheckpointRow._fields)} FROM checkpoints WHERE {' AND '.join(given) or 'true'} "
            f"ORDER BY checkpoint_id DESC {'' if limit is None else f'LIMIT {int(limit)}'}",
            list(given.values()),
        )
        return [CheckpointRow(*row) for row in cursor.fetchall()]


def delete_thread(store: Store, thread_id: str) -> None:
    """Remove all checkpoints and writes of a thread."""
    with store.transaction() as cursor:
        for table in ("checkpoints", "checkpoint_writes"):
            cursor.execute(f"DELETE FROM {table} WHERE thread_id = ?", [thread_id])
