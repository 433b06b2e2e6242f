"""Chooses a part of very many spans before they leave the database: whole traces, by a hash of their ids.

A chance that does not ask what a trace is like keeps the shares of failed and of slow requests as they are. The hash is
MD5, which is the same in every version of DuckDB, and is taken of each trace once: of each span it would cost most of
the time that is saved.
"""

from __future__ import annotations

MOST_SPANS = 1_000_000
"""More than these a diagnosis does not read: it would take longer, and say the same."""
_BUCKETS = 1 << 20


def some_traces(where: str, share: float) -> str:
    """Return the SQL condition that keeps this share of the traces of the spans for which `where` holds.

    Spans without a trace are traces of their own.
    """
    most = max(1, int(_BUCKETS * share))
    known = f"SELECT DISTINCT trace_id FROM spans WHERE {where} AND trace_id <> ''"
    return (
        f"(trace_id IN (SELECT trace_id FROM ({known}) WHERE md5_number_lower(trace_id) % {_BUCKETS} < {most}) "
        f"OR (trace_id = '' AND md5_number_lower(row_id::VARCHAR) % {_BUCKETS} < {most}))"
    )
