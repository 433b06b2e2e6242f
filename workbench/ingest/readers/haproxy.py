"""HAProxy's HTTP log (`option httplog`), with what syslog puts before it or without.

The format is that of HAProxy's configuration manual, "HTTP log format". Lines between the entries that syslog dates
(`Server shop/s1 is DOWN`) are log records, too.
"""

from __future__ import annotations

import re

from workbench.ingest import sql
from workbench.ingest.clock import clean, iso
from workbench.ingest.files import Found
from workbench.ingest.raw import LINE, lines
from workbench.ingest.readers.requests import Entries, method_and_path, said, service_of
from workbench.ingest.shape import Shape

_SYSLOG = (
    r"(?:<\d+>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (\S+) "
    r"([A-Za-z][\w./-]*)(?:\[\d+\])?: "
)
PATTERN = (
    rf"^(?:{_SYSLOG})?(\S+):\d+ \[(\d\d/[A-Z][a-z]{{2}}/\d{{4}}:[\d:.]+)\] (\S+) ([^\s/]+)/(\S+) "
    r"\+?(-?\d+)/(-?\d+)/(-?\d+)/(-?\d+)/\+?(-?\d+) (-?\d+) \+?(\d+) \S+ \S+ (\S{4}) "
    r'(\d+)/\d+/\d+/\d+/\+?\d+ \d+/\d+ (?:\{[^}]*\} )*"(.*?)"?$'
)
_GROUPS = [
    "logged",
    "host",
    "program",
    "client",
    "time",
    "frontend",
    "backend",
    "server",
    "tr",
    "tw",
    "tc",
    "answer",
    "ta",
    "status",
    "size",
    "state",
    "connections",
    "request",
]
_MESSAGE = rf"^{_SYSLOG}(.+)$"
_ALARM = r"\bis DOWN\b|has no server available|going DOWN"


def entries(file: Found, shape: Shape) -> Entries:
    """Return the entries of HAProxy's HTTP log."""
    found = (
        f"SELECT {LINE}, line, regexp_extract(line, {sql.text(PATTERN)}, {sql.texts(_GROUPS)}) AS one, "
        f"regexp_extract(line, {sql.text(_MESSAGE)}, ['logged', 'host', 'program', 'text']) AS message "
        f"FROM ({lines(file, shape.encoding)}) WHERE line IS NOT NULL AND trim(line) <> ''"
    )
    logged = (
        f"coalesce(epoch_us(try_strptime('{_year(shape)} ' || message.logged, '%Y %b %d %H:%M:%S')) * 1000, "
        f"{iso(clean('message.logged'), 'UTC')})"
    )
    # Ta is counted from when the request came, which is the time in brackets; -1 is a time that never came to be.
    came = "epoch_us(coalesce(try_strptime(one.time, '%d/%b/%Y:%H:%M:%S.%g'), try_strptime(one.time, '%d/%b/%Y:%H:%M:%S')))"  # noqa: E501
    read = (
        f"SELECT {LINE}, line, one, message, try_cast(one.status AS INTEGER) AS status, {_ns('ta')} AS took, "
        f"CASE WHEN one.status <> '' THEN {came} * 1000 + {_ns('ta')} ELSE {logged} END AS ended, "
        f"{method_and_path('one.request')}, "
        "CASE WHEN one.status <> '' THEN concat(one.request, ' ', one.status, ' ', one.state, ' ', one.backend, '/', "
        f"one.server) ELSE message.text END AS body FROM ({found})"
    )
    wrong = (
        "CASE WHEN one.status = '' AND message.text = '' THEN 'the line is no entry of HAProxy''s HTTP log' "
        "WHEN ended IS NULL THEN 'its time cannot be read' END"
    )
    service, why = service_of(file, "haproxy")
    # The backend was asked when a server took the request, or when none could (S, s): not when HAProxy itself refused.
    asked = "one.server <> '<NOSRV>' OR regexp_matches(one.state, '^[Ss]')"
    before = " - ".join(f"greatest({_ns(name)}, 0)" for name in ("tr", "tw", "tc"))
    return Entries(
        query=f"SELECT *, coalesce(status >= 500, regexp_matches(body, {sql.text(_ALARM)})) AS failed, "
        f"{wrong} AS wrong FROM ({read})",
        service=f"coalesce(nullif(message.program, ''), {sql.text(service)})",
        service_said=f"the program that syslog names; otherwise {service}, {why}",
        host="message.host",
        timed="Ta",
        peer=f"CASE WHEN {asked} THEN one.backend ELSE '' END",
        peer_took=f"CASE WHEN {_ns('answer')} >= 0 THEN {_ns('answer')} ELSE greatest(took - {before}, 0) END",
        attributes={
            "http.response.size": said("one.size"),
            "client.address": "one.client",
            "haproxy.frontend": "one.frontend",
            "haproxy.backend": "one.backend",
            "haproxy.server": "one.server",
            "haproxy.termination_state": "one.state",
            "haproxy.queue_ms": "one.tw",
            "haproxy.connect_ms": "one.tc",
            "haproxy.response_ms": "one.answer",
        },
        clock="the local time of the proxy, read as UTC",
    )


def _ns(field: str) -> str:
    return f"(try_cast(one.{field} AS BIGINT) * 1000000)"


def _year(shape: Shape) -> str:
    """Return the year of the entries: syslog writes none."""
    found = next((match for row in shape.rows if (match := re.match(PATTERN, row[0]))), None)
    return found.group(5)[7:11] if found else "1970"
