"""What a flow goes on with after a stop or a crash: whose state it is, and how to take back what came after it.

The engine keeps what was read and where the sources were. Rows reach the workspace a moment before the engine has kept
the input that they came from; when a run goes on, those rows are taken back first, because they will come again.
"""

from __future__ import annotations

import pyarrow as pa

from workbench.facts.evidence import Frozen
from workbench.semconv import COLUMNS, Table
from workbench.store.db import Store
from workbench.store.rows import insert, models


class FlowState(Frozen):
    """The kept state of one flow; there is one per flow."""

    flow_name: str
    state_id: str
    digest: str
    """Of the flow's nodes, wires, settings and folder: another flow cannot use the state."""
    scope: str
    """Data set that the rows go to."""
    run_id: str
    """The last run that used it."""
    saved_unix_nano: int


def save(store: Store, state: FlowState) -> None:
    """Keep the state of a flow in place of the one before."""
    with store.transaction() as cursor:
        insert(cursor, "flow_states", state.model_dump(), or_="REPLACE")


def find(store: Store, flow_name: str) -> FlowState | None:
    """Return the state of a flow, if one is kept."""
    with store.connection() as cursor:
        cursor.execute(f"SELECT {', '.join(FlowState.model_fields)} FROM flow_states WHERE flow_name = ?", [flow_name])
        found = models(cursor, FlowState)
    return found[0] if found else None


def forget(store: Store, state_id: str) -> None:
    """Forget a state; its rows stay where they are."""
    with store.transaction() as cursor:
        cursor.execute("DELETE FROM flow_states WHERE state_id = ?", [state_id])
        cursor.execute("DELETE FROM flow_batches WHERE state_id = ?", [state_id])


def note_batch(
    store: Store,
    state_id: str,
    table: Table,
    *,
    engine_time: int,
    seq: int,
    first_row: int,
    end_row: int,
    removed: pa.Table | None,
) -> None:
    """Note what a batch did, to take it back if need be; call it in the transaction that stores the batch.

    Args:
        store: Where to.
        state_id: The state that the batch came from.
        table: Which telemetry table.
        engine_time: The engine's time of the batch.
        seq: Order of the batches.
        first_row: `row_id` of the first row that it added.
        end_row: `row_id` behind the last row that it added.
        removed: Whole rows that it removed.
    """
    row = {
        "state_id": state_id,
        "engine_time": engine_time,
        "seq": seq,
        "table_name": Table(table).value,
        "first_row": first_row,
        "end_row": end_row,
        "removed": None if removed is None or not len(removed) else _pack(removed),
    }
    with store.transaction() as cursor:
        insert(cursor, "flow_batches", row)


def settle(store: Store, state_id: str, engine_time: int) -> None:
    """Forget the notes of batches before an engine time: the engine has kept their input, so they are final."""
    with store.transaction() as cursor:
        cursor.execute("DELETE FROM flow_batches WHERE state_id = ? AND engine_time < ?", [state_id, engine_time])


def take_back_from(store: Store, state_id: str, engine_time: int) -> int:
    """Undo the batches from an engine time on, the newest first.

    Returns:
        How many rows were taken back.
    """
    undone = 0
    with store.transaction() as cursor:
        cursor.execute(
            "SELECT table_name, first_row, end_row, removed FROM flow_batches "
            "WHERE state_id = ? AND engine_time >= ? ORDER BY engine_time DESC, seq DESC",
            [state_id, engine_time],
        )
        for name, first_row, end_row, removed in cursor.fetchall():
            table = Table(name)
            cursor.execute(f"DELETE FROM {table.value} WHERE row_id >= ? AND row_id < ?", [first_row, end_row])
            undone += end_row - first_row
            if removed is not None:
                cursor.register("taken_back", pa.ipc.open_stream(removed).read_all())
                names = ", ".join(COLUMNS[table])
                cursor.execute(f"INSERT INTO {table.value} ({names}) SELECT {names} FROM taken_back")
                cursor.unregister("taken_back")
        cursor.execute("DELETE FROM flow_batches WHERE state_id = ? AND engine_time >= ?", [state_id, engine_time])
    return undone


def take_back_all(store: Store, state: FlowState) -> None:
    """Remove every row that a flow has stored in the data set of its state."""
    with store.transaction() as cursor:
        for table in Table:
            cursor.execute(
                f"DELETE FROM {table.value} WHERE source_id IN "
                "(SELECT source_id FROM sources WHERE scope = ? AND kind = 'run' AND starts_with(uri, ?))",
                [state.scope, f"{state.flow_name}/"],
            )
        cursor.execute("DELETE FROM flow_batches WHERE state_id = ?", [state.state_id])


def _pack(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return bytes(sink.getvalue())
