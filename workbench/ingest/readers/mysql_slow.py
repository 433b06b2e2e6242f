"""The slow query log of MySQL, MariaDB and Percona Server: each statement is a log record and a span of the database.

The form is that of MySQL's reference manual, "The Slow Query Log". An entry begins with `# User@Host`; old servers
leave the line `# Time` before it out when the second is the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.ingest import columns, sql
from workbench.ingest.clock import iso, out_of_range
from workbench.ingest.file_names import names_one, service_of_file
from workbench.ingest.files import Found
from workbench.ingest.plan import Part
from workbench.ingest.raw import LINE, lines
from workbench.ingest.readers.statements import spans
from workbench.ingest.shape import Shape
from workbench.semconv import SEVERITY, Table

_FIRST = "# User@Host: "
_TIME = "# Time: "
_BANNER = r", Version: .*started with:$|^Tcp port: |^Time\s+Id\s+Command\s+Argument"
"""What a server writes into the log when it starts."""
_ENTRY = r"^((?:#[^\n]*\n?)+)(?:use ([^;\n]+);\n)?(?:SET [^\n]*?timestamp=(\d+)[^\n]*\n?)?(.*)$"
_NUMBERS = {
    "Rows_examined": "db.rows_examined",
    "Rows_sent": "db.response.returned_rows",
    "Rows_affected": "db.rows_affected",
}


def is_slow_log(rows: Sequence[str]) -> bool:
    """Tell whether lines are those of a slow query log."""
    return any(row.startswith(_FIRST) for row in rows) and any(re.match(r"# Query_time: [\d.]+", row) for row in rows)


def service_of(file: Found) -> tuple[str, str]:
    """Return the service that the log is of, and why."""
    return service_of_file(file) if names_one(file) else ("mysql", "neither file nor folder names one")


def build(file: Found, shape: Shape, service: str) -> tuple[Part, ...]:
    """Return the statements of a slow query log, as logs and as spans."""
    numbered = (
        f"SELECT {LINE}, line, lag(line) OVER (ORDER BY {LINE}) AS before, "
        f"count(*) FILTER (starts_with(line, '{_FIRST}')) OVER (ORDER BY {LINE}) AS entry "
        f"FROM ({lines(file, shape.encoding)}) WHERE line IS NOT NULL AND NOT regexp_matches(line, {sql.text(_BANNER)})"
    )
    entries = (
        f"SELECT min({LINE}) AS {LINE}, "
        f"string_agg(line, chr(10) ORDER BY {LINE}) FILTER (NOT starts_with(line, '{_TIME}')) AS whole, "
        f"any_value(before) FILTER (starts_with(line, '{_FIRST}')) AS above FROM ({numbered}) "
        "WHERE entry > 0 GROUP BY entry"
    )
    split = (
        f"SELECT {LINE}, whole, above, regexp_extract(whole, {sql.text(_ENTRY)}, "
        f"['head', 'used', 'stamp', 'statement'], 's') AS one FROM ({entries})"
    )
    # `SET timestamp` is when the statement began with some versions and when it ended with others; `# Time` is its end.
    written = iso(f"CASE WHEN starts_with(above, '{_TIME}') THEN trim(substr(above, {len(_TIME) + 1})) END", "UTC")
    address, host = _in_head(r"@ [^\[]*\[([^\]]+)\]"), _in_head(r"@ ([^\[ ]+)")
    known = columns.attributes(
        {
            "duration_ms": "coalesce(CAST(round(took / 1e6, 3) AS VARCHAR), '')",
            "db.lock_ms": f"coalesce(CAST(round(try_cast({_in_head('Lock_time: ([0-9.]+)')} AS DOUBLE) * 1e3, 3) "
            "AS VARCHAR), '')",
            **{title: _in_head(f"{name}: ([0-9]+)") for name, title in _NUMBERS.items()},
            "db.full_scan": _in_head("Full_scan: (Yes|No)"),
            "db.user": _in_head(r"User@Host: ([^\[ ]*)"),
            "db.namespace": f"coalesce(nullif(one.used, ''), {_in_head('Schema: ([^ ]+)')})",
            "client.address": f"coalesce(nullif({address}, ''), {host})",
        }
    )
    read = (
        f"SELECT *, coalesce({written}, try_cast(one.stamp AS BIGINT) * 1000000000) AS ended, "
        f"CAST(round(try_cast({_in_head('Query_time: ([0-9.]+)')} AS DOUBLE) * 1e9) AS BIGINT) AS took, "
        "regexp_replace(trim(one.statement), '^# (administrator command: )', '\\1') AS statement "
        f"FROM ({split})"
    )
    told = f"SELECT *, {known} AS attributes FROM ({read})"
    name = sql.text(service)
    logs = {
        "time_unix_nano": "ended",
        "service_name": name,
        "severity_number": str(SEVERITY["INFO"]),
        "severity_text": "'INFO'",
        "body": "statement",
        "attributes": "attributes",
    }
    listed = ", ".join(f"{expression} AS {target}" for target, expression in logs.items())
    select = (
        f"SELECT {LINE} AS source_line, {LINE} AS ordinal, {listed}, left(whole, 4096) AS raw, "
        f"CASE WHEN took IS NULL THEN 'the entry has no Query_time' {out_of_range('ended')} END AS reason FROM ({told})"
    )
    return Part(Table.LOGS, select, tuple(logs)), spans(told, name)


def _in_head(pattern: str) -> str:
    return f"regexp_extract(one.head, {sql.text(pattern)}, 1)"
