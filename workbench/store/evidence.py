"""Evidence that can be run again: the query, its parameters, the rows it gave and their hash are kept with it."""

from __future__ import annotations

import hashlib
import json
import math
import textwrap
import time
from typing import Any

from workbench.errors import BadInput, NotFound
from workbench.facts.evidence import Evidence, Frozen, Selection
from workbench.semconv import COLUMNS, TIME_COLUMN, Table
from workbench.store.db import Store
from workbench.store.rows import first, records, to_json

_DURATION_MS = "(end_time_unix_nano - start_time_unix_nano) / 1e6"


class StoredEvidence(Frozen):
    """Evidence with everything that is needed to check it."""

    evidence: Evidence
    incident_id: str
    sql: str
    """The query; empty when the evidence names no rows."""
    parameters: list[Any]
    row_ids: list[int]
    sha256: str
    """Of the rows in canonical JSON, in hex."""
    stored_unix_nano: int


class Recheck(Frozen):
    """What running the query again gave."""

    evidence_id: str
    holds: bool
    reason: str
    rows: list[dict[str, Any]]
    """The rows as they are now."""
    sha256: str
    stored_sha256: str


def compile(selection: Selection, *, scope: str = "") -> tuple[str, list[Any]]:
    """Return a SELECT with `?` marks and its parameters, ordered by time and row id.

    Args:
        selection: What to select. Beside the table's columns, `equals` and `one_of` know `scope` and `role`.
        scope: The data set to stay in, when the selection does not name one itself.

    Raises:
        BadInput: a column is not one of the table's.
    """
    table, time_column = selection.table, TIME_COLUMN[selection.table]
    conditions: list[tuple[str, list[Any]]] = []
    for sign, bound in ((">=", selection.start_unix_nano), ("<", selection.end_unix_nano)):
        if bound is not None and time_column:
            conditions.append((f"{time_column} {sign} ?", [bound]))
    for name, value in selection.equals.items():
        conditions.append(_source_condition(name, [value]) or (f"{_text(table, name)} = ?", [value]))
    for name, values in selection.one_of.items():
        conditions.append(_source_condition(name, values) or (_one_of(_text(table, name), values), list(values)))
    for name, value in selection.contains.items():
        conditions.append((f"contains({_text(table, name)}, ?)", [value]))
    for sign, bounds in ((">=", selection.at_least), ("<=", selection.at_most)):
        conditions += [(f"{_number(table, name)} {sign} ?", [bound]) for name, bound in bounds.items()]
    if scope and not {"scope", "role"} & {*selection.equals, *selection.one_of}:
        conditions.append(("source_id IN (SELECT source_id FROM sources WHERE scope = ? AND role = 'case')", [scope]))
    order = f"{time_column}, row_id" if time_column else "row_id"
    lines = [textwrap.fill(f"SELECT {', '.join(COLUMNS[table])}", 100, subsequent_indent="  ")]
    lines.append(f"FROM {table.value}")
    if conditions:
        lines.append("WHERE " + "\n  AND ".join(text for text, _ in conditions))
    lines += [f"ORDER BY {order}", f"LIMIT {selection.limit}"]
    return "\n".join(lines), [value for _, values in conditions for value in values]


def save(store: Store, incident_id: str, evidence: Evidence) -> Evidence:
    """Run the evidence's selection and keep it with what it gave; returns the evidence with its id.

    Rows are looked for in the incident's data set. The same evidence on the same rows is stored once.

    Raises:
        BadInput: the selection names a column that its table does not have.
    """
    with store.transaction() as cursor:
        sql, parameters = "", list[Any]()
        if evidence.selection is not None:
            found = first(cursor, "SELECT scope FROM incidents WHERE incident_id = ?", [incident_id])
            sql, parameters = compile(evidence.selection, scope=found[0] if found else "")
        rows = _run(store, sql, parameters)
        sha256 = hash_rows(rows)
        bare = evidence.model_copy(update={"evidence_id": ""})
        key = to_json([incident_id, bare.model_dump(mode="json"), sql, parameters, sha256])
        named = bare.model_copy(update={"evidence_id": "E" + hashlib.sha256(key.encode()).hexdigest()[:10]})
        cursor.execute(
            "INSERT OR IGNORE INTO evidence VALUES (?, ?, ?, ?, ?, ?::BIGINT[], ?, ?)",
            [
                named.evidence_id,
                incident_id,
                named.model_dump_json(),
                sql,
                to_json(parameters),
                [row["row_id"] for row in rows],
                sha256,
                time.time_ns(),
            ],
        )
    return named


def get(store: Store, evidence_id: str) -> StoredEvidence:
    """Return stored evidence.

    Raises:
        NotFound: there is no evidence with this id.
    """
    found = _select(store, "evidence_id", evidence_id)
    if not found:
        raise NotFound("evidence", evidence_id, hint="A report names the ids of its evidence")
    return found[0]


def of_incident(store: Store, incident_id: str) -> list[StoredEvidence]:
    """Return the evidence of an incident in the order it was stored."""
    return _select(store, "incident_id", incident_id)


def recheck(store: Store, evidence_id: str) -> Recheck:
    """Run the stored query again and compare the rows with those of then.

    Raises:
        NotFound: there is no evidence with this id.
    """
    stored = get(store, evidence_id)
    rows = _run(store, stored.sql, stored.parameters)
    sha256 = hash_rows(rows)
    return Recheck(
        evidence_id=evidence_id,
        holds=sha256 == stored.sha256,
        reason=_reason(stored, rows, sha256),
        rows=rows,
        sha256=sha256,
        stored_sha256=stored.sha256,
    )


def hash_rows(rows: list[dict[str, Any]]) -> str:
    """Return the SHA-256, in hex, of rows in canonical JSON: sorted keys, no spaces, UTF-8, rows in their order."""
    return hashlib.sha256(to_json(rows).encode()).hexdigest()


def _select(store: Store, column: str, key: str) -> list[StoredEvidence]:
    with store.connection() as cursor:
        cursor.execute(f"SELECT * FROM evidence WHERE {column} = ? ORDER BY stored_unix_nano, rowid", [key])
        found = records(cursor)
    return [
        StoredEvidence(
            evidence=Evidence.model_validate_json(row["evidence"]),
            incident_id=row["incident_id"],
            sql=row["sql"],
            parameters=json.loads(row["parameters"]),
            row_ids=row["row_ids"],
            sha256=row["sha256"],
            stored_unix_nano=row["stored_unix_nano"],
        )
        for row in found
    ]


def _run(store: Store, sql: str, parameters: list[Any]) -> list[dict[str, Any]]:
    if not sql:
        return []
    with store.connection() as cursor:
        rows = records(cursor.execute(sql, parameters))
    # JSON has no NaN, and NaN differs from itself.
    return [
        {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
        for row in rows
    ]


def _reason(stored: StoredEvidence, rows: list[dict[str, Any]], sha256: str) -> str:
    if not stored.sql:
        return "this evidence names no rows, so there is nothing to run again"
    before, now = set(stored.row_ids), {row["row_id"] for row in rows}
    gone, new = len(before - now), len(now - before)
    if sha256 == stored.sha256:
        return f"the query gives the same {_rows(len(before))}" if before else "the query still gives no row"
    changes = [f"{_rows(gone)} of {len(before)} gone"] * bool(gone) + [f"{_rows(new)} new"] * bool(new)
    if changes:
        return "rows changed: " + ", ".join(changes) if now else f"rows gone: {_rows(gone)} of {len(before)} gone"
    return f"rows changed: the same {_rows(len(before))}, with other content"


def _rows(number: int) -> str:
    return f"{number} row" if number == 1 else f"{number} rows"


def _text(table: Table, name: str) -> str:
    if _is_duration(table, name):
        return f"({_DURATION_MS})::VARCHAR"
    return name if _kind(table, name) == "VARCHAR" else f"{name}::VARCHAR"


def _number(table: Table, name: str) -> str:
    if _is_duration(table, name):
        return _DURATION_MS
    if _kind(table, name) == "VARCHAR":
        raise BadInput(f"{table.value}.{name} is text and has no smallest or largest value", hint="Use `equals`")
    return name


def _one_of(expression: str, values: list[str]) -> str:
    return f"{expression} IN ({', '.join('?' * len(values))})" if values else "false"


def _kind(table: Table, name: str) -> str:
    if name not in COLUMNS[table]:
        raise BadInput(
            f"{table.value} has no column {name!r}", where="selection", hint=f"It has {', '.join(COLUMNS[table])}"
        )
    return COLUMNS[table][name]


def _is_duration(table: Table, name: str) -> bool:
    return table is Table.SPANS and name == "duration_ms"


def _source_condition(name: str, values: list[str]) -> tuple[str, list[Any]] | None:
    if name not in ("scope", "role"):
        return None
    return f"source_id IN (SELECT source_id FROM sources WHERE {_one_of(name, values)})", list(values)
