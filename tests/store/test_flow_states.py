"""Batches of a run that goes on: what the engine has kept stays, what it has not is taken back."""

from __future__ import annotations

import pytest

from workbench.semconv import Table
from workbench.store import flow_states
from workbench.store.db import Store

TIMES = (1000, 1500, 2000)


@pytest.fixture
def noted(store: Store) -> Store:
    """Return a store with a line, and its note, for each engine time."""
    with store.transaction() as cursor:
        for number, time in enumerate(TIMES):
            cursor.execute(
                "INSERT INTO logs (row_id, source_id, time_unix_nano, body) VALUES (?, 1, 0, ?)", [number, str(time)]
            )
            flow_states.note_batch(
                store, "s", Table.LOGS, engine_time=time, seq=number, first_row=number, end_row=number + 1, removed=None
            )
    return store


def bodies(store: Store) -> list[str]:
    with store.connection() as cursor:
        return [body for (body,) in cursor.execute("SELECT body FROM logs ORDER BY row_id").fetchall()]


def test_a_batch_at_the_very_time_of_the_snapshot_was_stored_twice(noted: Store) -> None:
    flow_states.settle(noted, "s", 1500)

    undone = flow_states.take_back_from(noted, "s", 1500)

    assert undone == 2
    assert bodies(noted) == ["1000"]


def test_what_is_settled_is_final(noted: Store) -> None:
    flow_states.settle(noted, "s", 1501)

    assert flow_states.take_back_from(noted, "s", 0) == 1
    assert bodies(noted) == ["1000", "1500"]
