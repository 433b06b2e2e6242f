"""Requests that a web server or a proxy wrote down, as log records and spans: what all formats of access logs share.

Each entry is a log record. One that says how long the request took is a span of the proxy, too; one that also names
the backend that answered gives a span of that call, so that who calls whom is known and whose time it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.ingest import columns, sql
from workbench.ingest.clock import EARLIEST, LATEST, out_of_range
from workbench.ingest.file_names import service_of_file
from workbench.ingest.files import Found
from workbench.ingest.plan import Part
from workbench.ingest.raw import LINE
from workbench.semconv import SEVERITY, Table

ENOUGH = 0.8
"""Share of the lines of a sample that have to be entries."""
_NO_NAME = {"access", "log", "logs", "ssl", "other", "vhosts", "vhost"}
_OF_A_DAY = re.compile(r"u_(ex|in|nc)\d+.*|(ex|in|nc)\d+", re.IGNORECASE)
"""Names that IIS gives to its files: format and date, nothing of the site."""
_ID = r"/([0-9]+|[0-9a-fA-F-]{8,})(/|$)"


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of an access log, each with what its format says."""

    query: str
    """SQL that yields `__line`, `line`, `wrong` (NULL, or why the line is no entry), `ended` and `took` in nanoseconds,
    `status` (NULL for a line that is no request), `failed`, `method`, `path` and `body`."""
    service: str
    """SQL for the name of the server or proxy."""
    service_said: str
    attributes: Mapping[str, str]
    """Attribute -> SQL for its text, '' where there is none."""
    timed: str = ""
    """How the entries say how long requests took; '' when they do not."""
    host: str = "''"
    peer: str = ""
    """SQL for the name of the backend, '' where an entry has none; '' when the format names none."""
    peer_took: str = "took"
    """SQL for the nanoseconds that the backend took."""
    clock: str = "written with its zone"


def parts(entries: Entries) -> tuple[Part, ...]:
    """Return the parts of an access log: its logs, and its spans if it says how long requests took."""
    known = columns.attributes(
        {
            "http.request.method": "coalesce(method, '')",
            "url.path": "coalesce(path, '')",
            "http.response.status_code": "coalesce(CAST(status AS VARCHAR), '')",
            **entries.attributes,
            "duration_ms": "coalesce(CAST(round(took / 1e6, 3) AS VARCHAR), '')",
        }
    )
    logs = {
        "time_unix_nano": "ended",
        "service_name": entries.service,
        "host_name": entries.host,
        "severity_number": f"CASE WHEN failed THEN {SEVERITY['ERROR']} ELSE {SEVERITY['INFO']} END",
        "severity_text": "CASE WHEN failed THEN 'ERROR' ELSE 'INFO' END",
        "body": "body",
        "attributes": known,
    }
    if not entries.timed:
        return (_part(Table.LOGS, logs, entries.query, LINE),)
    made = [_part(Table.LOGS, logs, entries.query, LINE)]
    own = f"printf('%s-%d', {entries.service}, {LINE})"
    # What is wrong with a line is told once, with the logs.
    good = (
        f"SELECT * FROM ({entries.query}) "
        f"WHERE status IS NOT NULL AND took IS NOT NULL AND ended >= {EARLIEST} AND ended < {LATEST}"
    )
    server = {
        "trace_id": own,
        "span_id": own,
        "service_name": entries.service,
        "host_name": entries.host,
        "span_name": f"trim(concat(method, ' ', {_route()}))",
        "span_kind": "'SERVER'",
        "status_code": "CASE WHEN failed THEN 'ERROR' ELSE 'UNSET' END",
        "start_time_unix_nano": "ended - took",
        "end_time_unix_nano": "ended",
        "attributes": known,
    }
    made.append(_part(Table.SPANS, server, good, f"{LINE} * 2"))
    if entries.peer:
        client = {
            **server,
            "span_id": f"{own} || '-backend'",
            "parent_span_id": own,
            "span_kind": "'CLIENT'",
            "peer_service_name": "peer",
            # A line says how long the backend took and not when: its answer is what the request ended with.
            "start_time_unix_nano": "ended - coalesce(least(peer_took, took), took)",
        }
        called = f"SELECT *, {entries.peer} AS peer, {entries.peer_took} AS peer_took FROM ({good})"
        made.append(_part(Table.SPANS, client, f"SELECT * FROM ({called}) WHERE peer <> ''", f"{LINE} * 2 + 1"))
    return tuple(made)


def _part(table: Table, values: dict[str, str], query: str, ordinal: str) -> Part:
    listed = ", ".join(f"{expression} AS {target}" for target, expression in values.items())
    select = (
        f"SELECT {LINE} AS source_line, {ordinal} AS ordinal, {listed}, left(line, 4096) AS raw, "
        f"CASE WHEN wrong IS NOT NULL THEN wrong {out_of_range('ended')} END AS reason FROM ({query})"
    )
    return Part(table, select, tuple(values))


def _route() -> str:
    """Return SQL for the first two steps of a path, numbers and keys in it masked: few names for many requests."""
    masked = f"regexp_replace(path, {sql.text(_ID)}, '/{{id}}\\2', 'g')"
    return f"coalesce(nullif(regexp_extract({masked}, '^((/[^/]+){{1,2}})', 1), ''), '/')"


def method_and_path(request: str) -> str:
    """Return SQL for the columns `method` and `path` of a request line, whose target may be a whole URL."""
    path = "^[A-Z]+ (?:[a-z]+://[^/ ]*)?([^ ?]*)"
    return (
        f"regexp_extract({request}, '^([A-Z]+) ', 1) AS method, regexp_extract({request}, {sql.text(path)}, 1) AS path"
    )


def said(value: str) -> str:
    """Return SQL for the text of a field, '' where it is a dash or missing."""
    return f"coalesce(nullif({value}, '-'), '')"


def fit(pattern: str, rows: Sequence[str]) -> bool:
    """Tell whether enough lines of a sample are entries."""
    lines = [row for row in rows if row.strip()]
    return bool(lines) and sum(bool(re.match(pattern, row)) for row in lines) >= ENOUGH * len(lines)


def service_of(file: Found, otherwise: str = "web") -> tuple[str, str]:
    """Return the service that an access log is of, and why: `nginx-access.log` and `nginx/access.log` are nginx's."""
    folder, _, name = file.relative.rpartition("/")
    named = replace(file, relative=f"{folder}/access.log") if _OF_A_DAY.fullmatch(name.split(".")[0]) else file
    service, why = service_of_file(named)
    return (otherwise, "neither file nor folder names one") if service in _NO_NAME else (service, why)
