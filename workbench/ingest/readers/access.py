"""Access logs of web servers and proxies: Common and Combined Log Format, with the time a request took if it is there.

The format is that of the Apache HTTP Server's documentation (mod_log_config); nginx, Traefik and others write it too.
Each line is a log record and, when it says how long the request took, a span: errors and latency are looked at as
those of traced requests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.ingest import columns, sql
from workbench.ingest.clock import EARLIEST, LATEST, out_of_range
from workbench.ingest.file_names import service_of_file
from workbench.ingest.files import Found
from workbench.ingest.plan import Part
from workbench.ingest.raw import LINE, lines
from workbench.ingest.shape import Shape
from workbench.semconv import SEVERITY, Table

PATTERN = (
    r'^(?:(\S+) )?(\S+) \S+ (?:\S.*?) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)'
    r'(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?(.*)$'
)
_GROUPS = ("vhost", "client", "time", "request", "status", "size", "referer", "agent", "rest")
_NAMED = r'(?:^|[\s"])(?:rt|request_time|duration|time_taken)[=:]"?([0-9.]+)(ms|us|s)?'
_FORMS = {
    # What the rest of a line looks like -> pattern of the number, nanoseconds in its unit.
    "seconds": (r"([0-9]+\.[0-9]+)\s*$", 1e9),
    "milliseconds": (r"([0-9]+)ms\s*$", 1e6),
    "microseconds": (r"\s([0-9]+)\s*$", 1e3),
}
_ENOUGH = 0.8
_LONG_US = 1000
"""Whole numbers at the end of lines are microseconds (Apache's %D) when one is as large; seconds (%T) are not taken."""
_TIME = "%d/%b/%Y:%H:%M:%S %z"
_NO_NAME = {"access", "log", "logs", "ssl", "other", "vhosts", "vhost"}
_ID = r"/([0-9]+|[0-9a-fA-F-]{8,})(/|$)"


def is_access_log(rows: Sequence[str]) -> bool:
    """Tell whether lines are those of an access log."""
    said = [row for row in rows if row.strip()]
    return bool(said) and sum(bool(re.match(PATTERN, row)) for row in said) >= _ENOUGH * len(said)


def build(file: Found, shape: Shape, service: str) -> tuple[Part, ...]:
    """Return the parts of an access log: its lines as logs, and as spans if they say how long requests took."""
    found = (
        f"SELECT {LINE}, line, regexp_extract(line, {sql.text(PATTERN)}, {sql.texts(list(_GROUPS))}) AS one "
        f"FROM ({lines(file, shape.encoding)}) WHERE line IS NOT NULL AND trim(line) <> ''"
    )
    took = nanos_of(duration_form([row[0] for row in shape.rows]))
    moment = f"epoch_us(try_strptime(one.time, {sql.text(_TIME)})) * 1000"
    entries = (
        f"SELECT {LINE}, line, one, {moment} AS moment, {took or 'NULL'} AS took, "
        f"try_cast(one.status AS INTEGER) AS status, "
        f"regexp_extract(one.request, '^([A-Z]+) ', 1) AS method, "
        f"regexp_extract(one.request, '^[A-Z]+ ([^ ?]*)', 1) AS path FROM ({found})"
    )
    known = columns.attributes(
        {
            "http.request.method": "coalesce(method, '')",
            "url.path": "coalesce(path, '')",
            "http.response.status_code": "coalesce(one.status, '')",
            "http.response.body.size": "replace(coalesce(one.size, ''), '-', '')",
            "client.address": "coalesce(one.client, '')",
            "server.address": "coalesce(one.vhost, '')",
            "user_agent.original": "coalesce(one.agent, '')",
            "http.request.header.referer": "coalesce(one.referer, '')",
            "duration_ms": "coalesce(CAST(round(took / 1e6, 3) AS VARCHAR), '')",
        }
    )
    failed = "status >= 500"
    logs = {
        "time_unix_nano": "moment",
        "service_name": sql.text(service),
        "severity_number": f"CASE WHEN {failed} THEN {SEVERITY['ERROR']} ELSE {SEVERITY['INFO']} END",
        "severity_text": f"CASE WHEN {failed} THEN 'ERROR' ELSE 'INFO' END",
        "body": "concat(one.request, ' ', one.status)",
        "attributes": known,
    }
    parts = [_part(Table.LOGS, logs, entries)]
    if took:
        own = f"printf('%s-%d', {sql.text(service)}, {LINE})"
        spans = {
            "trace_id": own,
            "span_id": own,
            "service_name": sql.text(service),
            "span_name": f"trim(concat(method, ' ', {_route()}))",
            "span_kind": "'SERVER'",
            "status_code": f"CASE WHEN {failed} THEN 'ERROR' ELSE 'UNSET' END",
            # The line is written when the answer has been sent.
            "start_time_unix_nano": "moment - took",
            "end_time_unix_nano": "moment",
            "attributes": known,
        }
        # What is wrong with a line is told once, with the logs.
        good = f"one.status <> '' AND took IS NOT NULL AND moment >= {EARLIEST} AND moment < {LATEST}"
        parts.append(_part(Table.SPANS, spans, f"SELECT * FROM ({entries}) WHERE {good}"))
    return tuple(parts)


def _part(table: Table, values: dict[str, str], entries: str) -> Part:
    listed = ", ".join(f"{expression} AS {target}" for target, expression in values.items())
    reason = (
        f"CASE WHEN one.status = '' THEN 'the line is no entry of an access log' "
        f"WHEN moment IS NULL THEN concat('time ' || chr(39), one.time, chr(39) || ' cannot be read') "
        f"{out_of_range('moment')} END"
    )
    select = (
        f"SELECT {LINE} AS source_line, {LINE} AS ordinal, {listed}, left(line, 4096) AS raw, {reason} AS reason "
        f"FROM ({entries})"
    )
    return Part(table, select, tuple(values))


def _route() -> str:
    """Return SQL for the first two steps of a path, numbers and keys in it masked: few names for many requests."""
    masked = f"regexp_replace(path, {sql.text(_ID)}, '/{{id}}\\2', 'g')"
    return f"coalesce(nullif(regexp_extract({masked}, '^((/[^/]+){{1,2}})', 1), ''), '/')"


def duration_form(rows: Sequence[str]) -> str:
    """Return how the lines of a sample say the time of a request: `named`, a key of the forms, or ''."""
    rests = [match.group(9) for row in rows if (match := re.match(PATTERN, row))]
    if not rests:
        return ""
    if sum(bool(re.search(_NAMED, rest)) for rest in rests) >= _ENOUGH * len(rests):
        return "named"
    for form, (pattern, _) in _FORMS.items():
        found = [float(match.group(1)) for rest in rests if (match := re.search(pattern, rest))]
        if len(found) >= _ENOUGH * len(rests) and (form != "microseconds" or max(found) >= _LONG_US):
            return form
    return ""


def nanos_of(form: str) -> str:
    """Return SQL for the time of a request in nanoseconds; '' when the lines do not say it."""
    if not form:
        return ""
    if form == "named":
        number, unit = (f"regexp_extract(one.rest, {sql.text(_NAMED)}, {group})" for group in (1, 2))
        factor = f"CASE {unit} WHEN 'ms' THEN 1e6 WHEN 'us' THEN 1e3 ELSE 1e9 END"
        return f"CAST(round(try_cast({number} AS DOUBLE) * {factor}) AS BIGINT)"
    pattern, nanos = _FORMS[form]
    return f"CAST(round(try_cast(regexp_extract(one.rest, {sql.text(pattern)}, 1) AS DOUBLE) * {nanos}) AS BIGINT)"


def service_of(file: Found) -> tuple[str, str]:
    """Return the service that an access log is of, and why: `nginx-access.log` and `nginx/access.log` are nginx's."""
    service, why = service_of_file(file)
    return ("web", "neither file nor folder names one") if service in _NO_NAME else (service, why)
