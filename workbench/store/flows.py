"""What running flows need beyond appending: rows stored once, rows taken back, stored rows in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from workbench.semconv import COLUMNS, TIME_COLUMN, Table
from workbench.store import telemetry
from workbench.store.db import Store

BATCH_ROWS = 20_000


def append_once(store: Store, table: Table, rows: pa.Table, *, source_id: int, batch_id: str) -> int:
    """Append rows whose `source_line` the source does not have yet; so a replayed stream is stored once.

    Args:
        store: Where to.
        table: Which telemetry table.
        rows: As for `telemetry.append`, with `source_line`: for rows of a flow a fingerprint of key and content.
        source_id: The source that the rows belong to.
        batch_id: A batch with an id that was stored before is not stored again.

    Returns:
        How many rows were new.
    """
    with store.transaction() as cursor:
        cursor.register("incoming_lines", rows.select(["source_line"]))
        cursor.execute(
            f"SELECT source_line FROM {Table(table).value} SEMI JOIN incoming_lines USING (source_line) "
            "WHERE source_id = ?",
            [source_id],
        )
        known = {line for (line,) in cursor.fetchall()}
        cursor.unregister("incoming_lines")
        if known:
            rows = rows.filter(pa.array([line not in known for line in rows["source_line"].to_pylist()]))
        return telemetry.append(store, table, rows, source_id=source_id, batch_id=batch_id)


def take_back(store: Store, table: Table, lines: Sequence[int], *, source_id: int) -> pa.Table:
    """Remove rows that a flow has revised.

    Args:
        store: Where from.
        table: Which telemetry table.
        lines: `source_line` of the rows.
        source_id: The source that the rows belong to.

    Returns:
        The rows as they were.
    """
    with store.transaction() as cursor:
        found = f"FROM {Table(table).value} WHERE source_id = ? AND list_contains(?::BIGINT[], source_line)"
        values = [source_id, list(lines)]
        rows: pa.Table = cursor.sql(f"SELECT * {found}", params=values).to_arrow_table()
        cursor.execute(f"DELETE {found}", values)
    return rows


def batches(
    store: Store, table: Table, *, scope: str | None, start_unix_nano: int | None, end_unix_nano: int | None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a telemetry table in the order they were stored, columns as in `COLUMNS`.

    Args:
        store: Where from.
        table: Which table.
        scope: The data set; None reads all.
        start_unix_nano: First time, inclusive.
        end_unix_nano: Last time, exclusive.
    """
    conditions, values = ["TRUE"], []
    if scope is not None:
        conditions.append("source_id IN (SELECT source_id FROM sources WHERE scope = ?)")
        values.append(scope)
    column = TIME_COLUMN[table]
    for sign, bound in ((">=", start_unix_nano), ("<", end_unix_nano)):
        if column and bound is not None:
            conditions.append(f"{column} {sign} ?")
            values.append(str(bound))
    names = ", ".join(
        f"{name}::BIGINT AS {name}" if kind == "INTEGER" else name for name, kind in COLUMNS[table].items()
    )
    with store.connection() as cursor:
        query = f"SELECT {names} FROM {table.value} WHERE {' AND '.join(conditions)} ORDER BY row_id"
        reader: pa.RecordBatchReader = cursor.sql(query, params=values).to_arrow_reader(BATCH_ROWS)
        yield from reader
