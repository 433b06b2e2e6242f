"""Runs a plan: one file, one transaction, all rows accounted for."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import duckdb

from workbench.errors import BadInput
from workbench.ingest import sql
from workbench.ingest.contents import check_lines
from workbench.ingest.plan import BATCH_VIEW, Part, Plan
from workbench.ingest.raw import REJECTS
from workbench.semconv import COLUMNS, Table
from workbench.store import sources
from workbench.store.db import Store

RAW_LIMIT = 2048
KEPT_REJECTS = 10_000
"""Rejected lines that are kept of one file; all are counted."""

_BAD, _TWICE = -1, -2
_DEFAULTS = {"BIGINT": "0", "INTEGER": "0", "DOUBLE": "0.0", "VARCHAR": "''"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of one file."""

    rows: dict[str, int]
    rejected: int
    empty_cells: int
    duplicates: int
    first_reason: str


def load(store: Store, plan: Plan, source: sources.Source) -> Loaded:
    """Write a file's rows and rejected lines; call it inside a transaction.

    Raises:
        BadInput: the file breaks off or cannot be read further on, or none of its rows could be used.
    """
    if plan.shape.format in ("csv", "jsonl"):
        _check_lines(plan)
    with store.transaction() as cursor:
        try:
            return _load(cursor, plan, source)
        except (duckdb.IOException, duckdb.InvalidInputException, duckdb.DataError) as error:
            raise _refusal(plan, error) from error


def _check_lines(plan: Plan) -> None:
    try:
        check_lines(plan.file)
    except (EOFError, OSError, zlib.error) as error:
        hint = "The compressed file is cut off or damaged; nothing of it was imported. Fetch it again"
        raise BadInput(f"cannot be read to its end: {error}", where=str(plan.file.path), hint=hint) from error


def _load(cursor: duckdb.DuckDBPyConnection, plan: Plan, source: sources.Source) -> Loaded:
    rows: dict[str, int] = {}
    rejected = empty = duplicates = 0
    first = ""
    for part in plan.parts:
        cursor.execute(f"DROP TABLE IF EXISTS temp.{REJECTS}")
        cursor.execute(f"DROP TABLE IF EXISTS temp.{REJECTS}_scans")
        total = _insert(cursor, plan, part, source.source_id)
        bad = _take_out(cursor, part.table, source.source_id, _BAD)
        twice = _take_out(cursor, part.table, source.source_id, _TWICE) if part.unique else 0
        broken = _broken_lines(cursor)
        if part.cells:
            empty += _number(cursor, part.cells) - total
        if bad:
            _keep_bad(cursor, plan, part, source)
        if broken:
            _renumber(cursor, part.table, "source_line", source.source_id, broken)
            _renumber(cursor, "rejected", "line", source.source_id, broken)
            _keep_broken(cursor, source)
        rejected += bad + len(broken)
        duplicates += twice
        rows[part.table] = rows.get(part.table, 0) + total - bad - twice
    if rejected and not any(rows.values()):
        first = _first_reason(cursor, source)
        raise BadInput(
            f"none of its {rejected} rows can be used; the first: {first}",
            where=str(plan.file.path),
            hint="See `causeway import --explain` for how it was read, and mend it with a profile",
        )
    return Loaded({name: count for name, count in rows.items() if count}, rejected, empty, duplicates, first)


def _insert(cursor: duckdb.DuckDBPyConnection, plan: Plan, part: Part, source_id: int) -> int:
    first = source_id * sources.ROWS_PER_SOURCE
    good = "source_line"
    if part.unique:
        names = ", ".join(part.unique)
        place = f"row_number() OVER (PARTITION BY {names} ORDER BY ordinal)"
        good = f"CASE WHEN {place} > 1 THEN {_TWICE} ELSE source_line END"
    targets = {
        "row_id": f"{first} + ordinal",
        "source_id": str(source_id),
        "source_line": f"CASE WHEN reason IS NOT NULL THEN {_BAD} ELSE {good} END",
    }
    for name, kind in COLUMNS[part.table].items():
        empty = "'{}'" if name == "attributes" else _DEFAULTS[kind]
        targets.setdefault(name, f"coalesce({sql.name(name)}, {empty})" if name in part.columns else empty)
    if "host_name" in part.columns and "service_name" in targets:
        # What a machine says of itself belongs to no service; without a name nobody would ever look at it.
        targets["service_name"] = f"coalesce(nullif({targets['service_name']}, ''), {targets['host_name']})"
    expressions = ", ".join(f"{expression} AS {name}" for name, expression in targets.items())
    statement = f"INSERT INTO {part.table} ({', '.join(targets)}) SELECT {expressions} FROM ({part.select})"
    return _written(cursor, plan, statement)


def _written(cursor: duckdb.DuckDBPyConnection, plan: Plan, statement: str) -> int:
    if plan.batches is None:
        return _number(cursor, statement)
    cursor.register(BATCH_VIEW, plan.batches())
    try:
        return _number(cursor, statement)
    finally:
        cursor.unregister(BATCH_VIEW)


def _number(cursor: duckdb.DuckDBPyConnection, statement: str) -> int:
    # Fetched to the end: a result that is left open keeps the next statement from running.
    found = cursor.execute(statement).fetchall()
    return int(found[0][0]) if found else 0


def _take_out(cursor: duckdb.DuckDBPyConnection, table: Table, source_id: int, mark: int) -> int:
    return _number(cursor, f"DELETE FROM {table} WHERE source_id = {source_id} AND source_line = {mark}")


def _broken_lines(cursor: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the record numbers that the CSV reader itself could not take."""
    there = _number(cursor, f"SELECT count(*) FROM duckdb_tables() WHERE table_name = '{REJECTS}' AND temporary")
    if not there:
        return []
    return [int(row[0]) for row in cursor.execute(f"SELECT DISTINCT line FROM {REJECTS} ORDER BY line").fetchall()]


def _renumber(cursor: duckdb.DuckDBPyConnection, table: str, column: str, source_id: int, broken: list[int]) -> None:
    """Move the numbers of rows behind a line that was left out, so that they are those of the file again."""
    shifts = "SELECT unnest(?::BIGINT[]) AS start, unnest(range(1, ? + 1)) AS shift"
    cursor.execute(
        f"UPDATE {table} SET {column} = {column} + moved.shift FROM (SELECT rows.rowid AS place, shifts.shift "
        f"FROM {table} AS rows ASOF JOIN ({shifts}) AS shifts ON rows.{column} >= shifts.start "
        f"WHERE rows.source_id = {source_id}) AS moved WHERE {table}.rowid = moved.place",
        [[line - at for at, line in enumerate(broken)], len(broken)],
    )


def _keep_broken(cursor: duckdb.DuckDBPyConnection, source: sources.Source) -> None:
    cursor.execute(
        f"INSERT INTO rejected (source_id, uri, line, reason, raw) SELECT ?, ?, line, "
        f"lower(error_type::VARCHAR) || ': ' || any_value(error_message), left(any_value(csv_line), {RAW_LIMIT}) "
        f"FROM {REJECTS} GROUP BY line, error_type ORDER BY line LIMIT {KEPT_REJECTS}",
        [source.source_id, source.uri],
    )


def _keep_bad(cursor: duckdb.DuckDBPyConnection, plan: Plan, part: Part, source: sources.Source) -> None:
    _written(
        cursor,
        plan,
        f"INSERT INTO rejected (source_id, uri, line, reason, raw) SELECT {source.source_id}, {sql.text(source.uri)}, "
        f"source_line, reason, left(raw, {RAW_LIMIT}) FROM ({part.select}) "
        f"WHERE reason IS NOT NULL LIMIT {KEPT_REJECTS}",
    )


def _first_reason(cursor: duckdb.DuckDBPyConnection, source: sources.Source) -> str:
    row = cursor.execute(
        "SELECT line, reason FROM rejected WHERE source_id = ? ORDER BY line LIMIT 1", [source.source_id]
    ).fetchone()
    return f"line {row[0]}: {row[1]}" if row else ""


def _refusal(plan: Plan, error: duckdb.Error) -> BadInput:
    said = str(error).strip().split("\n")[0]
    hint = "Nothing of it was imported. Mend the file and import it again"
    if "GZIP" in said or "ZSTD" in said.upper():
        hint = "The compressed file is cut off; nothing of it was imported. Fetch it again"
    elif "maximum_object_size" in str(error):
        hint = "Export one batch per line, or several smaller files"
    return BadInput(f"cannot be read to its end: {said}", where=str(plan.file.path), hint=hint)
