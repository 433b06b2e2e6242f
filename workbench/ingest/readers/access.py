"""Access logs of web servers and proxies: Common and Combined Log Format, with the time a request took if it is there.

The format is that of the Apache HTTP Server's documentation (mod_log_config); nginx, Traefik and others write it too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.ingest import sql
from workbench.ingest.files import Found
from workbench.ingest.raw import LINE, lines
from workbench.ingest.readers.requests import ENOUGH, Entries, method_and_path, said, service_of
from workbench.ingest.shape import Shape

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
_LONG_US = 1000
"""Whole numbers at the end of lines are microseconds (Apache's %D) when one is as large; seconds (%T) are not taken."""
_TIME = "%d/%b/%Y:%H:%M:%S %z"


def entries(file: Found, shape: Shape) -> Entries:
    """Return the entries of an access log in Common or Combined Log Format."""
    found = (
        f"SELECT {LINE}, line, regexp_extract(line, {sql.text(PATTERN)}, {sql.texts(list(_GROUPS))}) AS one "
        f"FROM ({lines(file, shape.encoding)}) WHERE line IS NOT NULL AND trim(line) <> ''"
    )
    form = duration_form([row[0] for row in shape.rows])
    read = (
        f"SELECT {LINE}, line, one, epoch_us(try_strptime(one.time, {sql.text(_TIME)})) * 1000 AS ended, "
        f"{_nanos_of(form) or 'NULL'} AS took, try_cast(one.status AS INTEGER) AS status, "
        f"{method_and_path('one.request')}, concat(one.request, ' ', one.status) AS body FROM ({found})"
    )
    wrong = (
        "CASE WHEN one.status = '' THEN 'the line is no entry of an access log' "
        "WHEN ended IS NULL THEN concat('time ' || chr(39), one.time, chr(39) || ' cannot be read') END"
    )
    service, why = service_of(file)
    return Entries(
        query=f"SELECT *, status >= 500 AS failed, {wrong} AS wrong FROM ({read})",
        service=sql.text(service),
        service_said=f"{service}, {why}",
        timed=form,
        attributes={
            "http.response.body.size": said("one.size"),
            "client.address": "coalesce(one.client, '')",
            "server.address": "coalesce(one.vhost, '')",
            "user_agent.original": "coalesce(one.agent, '')",
            "http.request.header.referer": "coalesce(one.referer, '')",
        },
    )


def duration_form(rows: Sequence[str]) -> str:
    """Return how the lines of a sample say the time of a request: `named`, a key of the forms, or ''."""
    rests = [match.group(9) for row in rows if (match := re.match(PATTERN, row))]
    if not rests:
        return ""
    if sum(bool(re.search(_NAMED, rest)) for rest in rests) >= ENOUGH * len(rests):
        return "named"
    for form, (pattern, _) in _FORMS.items():
        found = [float(match.group(1)) for rest in rests if (match := re.search(pattern, rest))]
        if len(found) >= ENOUGH * len(rests) and (form != "microseconds" or max(found) >= _LONG_US):
            return form
    return ""


def _nanos_of(form: str) -> str:
    """Return SQL for the time of a request in nanoseconds; '' when the lines do not say it."""
    if not form:
        return ""
    if form == "named":
        number, unit = (f"regexp_extract(one.rest, {sql.text(_NAMED)}, {group})" for group in (1, 2))
        factor = f"CASE {unit} WHEN 'ms' THEN 1e6 WHEN 'us' THEN 1e3 ELSE 1e9 END"
        return f"CAST(round(try_cast({number} AS DOUBLE) * {factor}) AS BIGINT)"
    pattern, nanos = _FORMS[form]
    return f"CAST(round(try_cast(regexp_extract(one.rest, {sql.text(pattern)}, 1) AS DOUBLE) * {nanos}) AS BIGINT)"
