"""Reads with SQL that a person wrote: one SELECT over the workspace's own tables, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from workbench.errors import BadInput
from workbench.store.db import Store
from workbench.store.rows import first

_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree", "repeat"})
"""Table functions that read nothing from outside; all others can reach files, settings or other databases."""

_EXPLAIN = re.compile(r"\s*EXPLAIN(\s+ANALYZE)?\s", re.IGNORECASE)
_HINT = "Only one SELECT over the workspace's tables may run here"


def query(store: Store, sql: str, params: Sequence[Any] = (), limit: int = 10_000) -> pa.Table:
    """Run one SELECT and return at most `limit` rows.

    Raises:
        BadInput: it is not one SELECT, reads something outside of the workspace, or DuckDB does not understand it.
    """
    with store.connection() as cursor:
        text = checked(cursor, sql)
        try:
            # A read-only transaction is the second lock on the same door.
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            return cursor.sql(text, params=list(params)).limit(limit).to_arrow_table()
        except duckdb.Error as error:
            raise BadInput(str(error).strip(), where="SQL") from error
        finally:
            cursor.execute("ROLLBACK")


def checked(cursor: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Return the text of one SELECT (or DESCRIBE, SUMMARIZE, SHOW, which are SELECTs too), or EXPLAIN of one.

    Raises:
        BadInput: it is anything else, or reads something outside of the workspace.
    """
    explain = _EXPLAIN.match(sql)
    text = _only_statement(sql[explain.end() :] if explain else sql)
    _check_inside(cursor, text)
    return f"{explain.group().strip()} {text}" if explain else text


def _only_statement(sql: str) -> str:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise BadInput(str(error).strip(), where="SQL") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(statement.type.name for statement in statements) or "nothing"
        raise BadInput(f"this is {kinds}", where="SQL", hint=_HINT)
    text = statements[0].query
    # DuckDB puts the text into another query, where a semicolon is out of place.
    last = [start for start, kind in duckdb.tokenize(text) if kind != duckdb.token_type.comment][-1]
    said = text.encode()
    return said[:last].decode() if said[last:].startswith(b";") else text


def _check_inside(cursor: duckdb.DuckDBPyConnection, text: str) -> None:
    found = first(cursor, "SELECT json_serialize_sql(?::VARCHAR)", [text])
    tree: dict[str, Any] = json.loads(found[0]) if found else {"error": True}
    if tree.get("error"):
        raise BadInput(str(tree.get("error_message", "it cannot be read")), where="SQL", hint=_HINT)
    tables = {row[0] for row in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    nodes = list(_nodes(tree))
    known = tables | {str(entry.get("key")) for node in nodes for entry in node.get("cte_map", {}).get("map", [])}
    for node in nodes:
        if node.get("type") == "TABLE_FUNCTION":
            name = str(node.get("function", {}).get("function_name", "")).lower()
            if name not in _FUNCTIONS:
                raise BadInput(f"{name}() reads outside of the workspace", where="SQL", hint=_HINT)
        # DuckDB takes a name that is no table for a file: even x.csv without quotes.
        if node.get("type") == "BASE_TABLE" and not _is_known(node, known):
            name = ".".join(node["qualified_name"]["path"])
            raise BadInput(f"no table {name!r}", where="SQL", hint=f"There are {', '.join(sorted(tables))}")


def _is_known(node: dict[str, Any], known: set[str]) -> bool:
    *places, name = node["qualified_name"]["path"]
    return name.lower() in {one.lower() for one in known} and places in ([], ["main"])


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)
