"""Statements that a database wrote down with the time they took, as spans of the database: slow ones are looked at."""

from __future__ import annotations

from workbench.ingest import sql
from workbench.ingest.clock import EARLIEST, LATEST
from workbench.ingest.plan import Part
from workbench.ingest.raw import LINE
from workbench.semconv import Table

_TABLE = r"""(?i)\b(?:from|into|update|join|table)\s+(?:only\s+|ignore\s+|if\s+(?:not\s+)?exists\s+)*["`]?([\w.$"`]+)"""


def spans(query: str, service: str) -> Part:
    """Return the part of the statements' spans.

    Args:
        query: SQL that yields `__line`, `ended` and `took` in nanoseconds, `statement` and `attributes`.
        service: SQL for the name of the database.
    """
    own = f"printf('%s-%d', {service}, {LINE})"
    values = {
        "trace_id": own,
        "span_id": own,
        "service_name": service,
        "span_name": _name("statement"),
        "span_kind": "'SERVER'",
        "status_code": "'UNSET'",
        # The line is written when the statement has ended.
        "start_time_unix_nano": "ended - took",
        "end_time_unix_nano": "ended",
        "attributes": "attributes",
    }
    listed = ", ".join(f"{expression} AS {target}" for target, expression in values.items())
    # What is wrong with a line is told once, with the logs.
    select = (
        f"SELECT {LINE} AS source_line, {LINE} AS ordinal, {listed}, '' AS raw, NULL AS reason FROM ({query}) "
        f"WHERE took IS NOT NULL AND ended >= {EARLIEST} AND ended < {LATEST}"
    )
    return Part(Table.SPANS, select, tuple(values))


def _name(statement: str) -> str:
    """Return SQL for verb and first table of a statement: few names for many statements."""
    bare = f"regexp_replace({statement}, '^(\\s+|/[*].*?[*]/|--[^\\n]*\\n)+', '')"
    verb = f"upper(regexp_extract({bare}, '^[(]*([A-Za-z]+)', 1))"
    table = f"replace(replace(regexp_extract({bare}, {sql.text(_TABLE)}, 1), '`', ''), chr(34), '')"
    return f"coalesce(nullif(trim(concat({verb}, ' ', {table})), ''), 'statement')"
