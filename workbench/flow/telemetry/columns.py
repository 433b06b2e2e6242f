"""Columns of telemetry in flows: those of the workspace's tables, without the ones that tell where a row came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from workbench.errors import BadInput
from workbench.semconv import COLUMNS, EARLIEST_UNIX_NANO, LATEST_UNIX_NANO, ORIGIN, SEVERITY, SEVERITY_LETTERS, Table

PYTHON = {"BIGINT": int, "INTEGER": int, "DOUBLE": float, "VARCHAR": str}
_KINDS = {"0": "", "1": "INTERNAL", "2": "SERVER", "3": "CLIENT", "4": "PRODUCER", "5": "CONSUMER"}
_STATUS = {"0": "UNSET", "1": "OK", "2": "ERROR", "FAILED": "ERROR", "TRUE": "ERROR", "SUCCESS": "OK", "FALSE": "UNSET"}


def columns_of(table: Table) -> dict[str, type]:
    """Return the columns of a table and their Python types."""
    return {name: PYTHON[kind] for name, kind in COLUMNS[table].items() if name not in ORIGIN}


@cache
def _empty(table: Table) -> tuple[tuple[str, Any], ...]:
    return tuple((name, kind()) for name, kind in columns_of(table).items())


@cache
def _service_at(table: Table) -> int | None:
    names = list(columns_of(table))
    return names.index("service_name") if {"service_name", "host_name"} <= set(names) else None


def row_of(table: Table, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return values in the order of a table's columns; what is not given is empty, `attributes` become JSON.

    Raises:
        ValueError: the time is missing or lies outside of 1980 to 2200.
    """
    row: tuple[Any, ...] = tuple(
        json_text(values.get(name) or {}) if name == "attributes" else values.get(name, empty)
        for name, empty in _empty(table)
    )
    if (service := _service_at(table)) is not None and not row[service] and values.get("host_name"):
        # As files are read: what a machine says of itself belongs to no service, so the machine stands in its place.
        row = (*row[:service], values["host_name"], *row[service + 1 :])
    if not EARLIEST_UNIX_NANO <= row[0] < LATEST_UNIX_NANO:
        raise ValueError(f"time {row[0]} is missing or lies outside of 1980 to 2200")
    return row


def json_text(value: Any) -> str:
    """Return a value as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "), default=str)


def severity_of(level: str) -> int:
    """Return the OpenTelemetry severity number of a level's word or letter; 0 when it is not known."""
    word = level.strip(" []:").upper()
    return SEVERITY.get(word) or SEVERITY_LETTERS.get(word, 0)


def span_kind_of(word: str) -> str:
    """Return OpenTelemetry's word of a span kind, from the word or the number of the protocol."""
    word = word.upper().removeprefix("SPAN_KIND_")
    return _KINDS.get(word, word)


def status_code_of(word: str) -> str:
    """Return ERROR, OK or UNSET, from the word, the protocol's number or an HTTP status; '' for nothing."""
    word = word.upper().removeprefix("STATUS_CODE_")
    if word.isdigit() and len(word) == 3:
        return "ERROR" if word >= "500" else "UNSET"
    return _STATUS.get(word, word)


def need_columns(rows: Any, **wanted: type) -> None:
    """Check that a table has some columns of some types.

    Raises:
        BadInput: one is missing or has another type.
    """
    found = rows.typehints()
    lacking = [name for name in wanted if name not in found]
    if lacking:
        raise BadInput(
            f"needs the column{'s' * (len(lacking) > 1)} {', '.join(lacking)}; the rows have {', '.join(found)}",
            hint="Make it with tables.select or tables.rename before this node",
        )
    for name, kind in wanted.items():
        if found[name] not in (kind, *([int] if kind is float else [])):
            raise BadInput(
                f"column {name!r} has to be {kind.__name__}, not {found[name]}", hint="Put tables.cast before this node"
            )
