"""What DuckDB says of a failure, in one sentence, with how to mend it where the disk or the file is at fault."""

from __future__ import annotations

import duckdb

FULL = ("No space left on device", "Disk quota exceeded", "max_temp_directory_size")
DAMAGED = ("not a valid DuckDB database file", "Corrupt database file", "Could not read enough bytes")
CLOSED = ("database has been invalidated",)

_HINTS = (
    (FULL, "The disk is full: make room on it, then try again; what was stored before is still there"),
    (
        DAMAGED,
        "The database is damaged: put back a copy of it, or `causeway workspace import` what `workspace export` wrote; "
        "else move the file away and a new one is begun. Flows, reports, runbooks and settings are files of their own",
    ),
    (CLOSED, "Close everything that has the workspace open, then open it again; the log has what failed before"),
)


def said(error: duckdb.Error) -> str:
    """Return what DuckDB says without its advice to programmers, and what to do about it when that is known."""
    text = str(error).strip().split("\n\n", 1)[0]
    hint = next((hint for signs, hint in _HINTS if any(sign in text for sign in signs)), "")
    return f"{text.rstrip('.')}. {hint}" if hint else text
