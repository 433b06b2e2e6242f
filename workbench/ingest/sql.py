"""Small pieces of SQL: literals, names, and the scratch connection on which samples are tried."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import duckdb


def text(value: str) -> str:
    """Return a text literal."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """Return a quoted name."""
    return '"' + value.replace('"', '""') + '"'


def texts(values: Sequence[str]) -> str:
    """Return a list literal of texts."""
    return "[" + ", ".join(text(value) for value in values) + "]"


@cache
def _scratch() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def scratch() -> duckdb.DuckDBPyConnection:
    """Return a cursor on an empty database in memory, for looking at files and trying expressions."""
    return _scratch().cursor()


def evaluate(expression: str, samples: Sequence[str]) -> list[Any]:
    """Return the value of an expression over the text column `x` for each sample, in order."""
    if not samples:
        return []
    query = f"SELECT {expression} FROM (SELECT unnest(?::VARCHAR[]) AS x)"
    return [row[0] for row in scratch().execute(query, [list(samples)]).fetchall()]
