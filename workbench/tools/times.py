"""Reads the times that people and files give: ISO-8601, or an epoch in any unit."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.errors import BadInput

_TIME_KEYS = ("at", "time", "start", "onset", "timestamp", "inject_epoch", "inject_time_utc")
_NAME_KEYS = ("case", "folder", "name")
_HINT = "Write 2026-01-31T09:35:00Z, or an epoch such as 1769852100"
_LAST = 2**63 - 1
"""The last moment that 64 bits of nanoseconds can say."""
_UNITS = ((1e17, 1), (1e14, 1_000), (1e11, 1_000_000), (0.0, 1_000_000_000))


def parse_at(value: str | float, where: str = "") -> int:
    """Return UTC nanoseconds of an ISO-8601 text (no zone means UTC) or of an epoch in s, ms, us or ns.

    Raises:
        BadInput: it is neither.
    """
    try:
        at = _epoch(float(value)) if _is_number(value) else _iso(str(value).strip())
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{value!r} is not a time", where=where, hint=_HINT) from error
    if not 0 <= at <= _LAST:
        raise BadInput(f"{value!r} is not between 1970 and 2262", where=where, hint=_HINT)
    return at


def read_times(path: Path) -> dict[str, int]:
    """Return folder name -> UTC nanoseconds from a JSON object or list, JSON Lines, or a CSV of two columns.

    Raises:
        BadInput: the file is none of these, or a time in it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot be read: {error}", where=str(path)) from error
    pairs = _from_json(text, path) if text.lstrip()[:1] in ("{", "[") else _from_csv(text)
    if not pairs:
        raise BadInput("no times found", where=str(path), hint='Write {"folder-name": "2026-01-31T09:35:00Z"}')
    return {name: parse_at(value, f"{path}, {name}") for name, value in pairs.items()}


def _from_json(text: str, path: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(text)
    except json.JSONDecodeError:
        try:
            loaded = [json.loads(line) for line in text.split("\n") if line.strip()]
        except json.JSONDecodeError as error:
            raise BadInput(f"not JSON: {error}", where=str(path)) from error
    if isinstance(loaded, dict) and not _named(loaded):
        return {str(name): _time_of(value) for name, value in loaded.items()}
    rows = loaded if isinstance(loaded, list) else [loaded]
    named = {name: row for row in rows if isinstance(row, dict) and (name := _named(row))}
    return {name: _time_of(row) for name, row in named.items()}


def _named(row: dict[str, Any]) -> str:
    return next((str(row[key]) for key in _NAME_KEYS if isinstance(row.get(key), str)), "")


def _time_of(value: Any) -> Any:
    return next((value[key] for key in _TIME_KEYS if key in value), "") if isinstance(value, dict) else value


def _from_csv(text: str) -> dict[str, Any]:
    rows = [row for row in csv.reader(text.splitlines(), delimiter="\t" if "\t" in text else ",") if len(row) >= 2]
    if rows and not any(character.isdigit() for character in rows[0][1]):
        rows = rows[1:]
    return {row[0].strip(): row[1].strip() for row in rows}


def _is_number(value: str | float) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _iso(text: str) -> int:
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(at.timestamp()) * 1_000_000_000 + at.microsecond * 1000


def _epoch(number: float) -> int:
    if not number >= 0:
        raise ValueError(number)
    factor = next(factor for limit, factor in _UNITS if number >= limit)
    return round(number * factor) if factor > 1 else int(number)
