"""Access logs of Amazon's load balancers: Application Load Balancer and Classic Load Balancer.

The fields are those of the Elastic Load Balancing user guides, "Access log entries".
"""

from __future__ import annotations

from workbench.ingest import sql
from workbench.ingest.clock import iso
from workbench.ingest.files import Found
from workbench.ingest.raw import LINE, lines
from workbench.ingest.readers.requests import Entries, method_and_path, said
from workbench.ingest.shape import Shape

PATTERN = (
    r"^(?:(?:https?|h2|grpcs|wss?) )?(\d{4}-\d\d-\d\dT[\d:.]+Z) (\S+) (\S+):\d+ (\S+) "
    r"(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (\d{3}|-) (\d{3}|-) (\d+) (\d+) "
    r'"((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)" \S+ \S+'
    r'(?: (\S+) "([^"]*)" "[^"]*" "[^"]*" \S+ (\S+)(?: "([^"]*)" "[^"]*" "([^"]*)")?)?'
)
_GROUPS = [
    "time",
    "balancer",
    "client",
    "target",
    "before",
    "answer",
    "after",
    "status",
    "target_status",
    "received",
    "sent",
    "request",
    "agent",
    "arn",
    "trace",
    "created",
    "action",
    "error",
]


def entries(file: Found, shape: Shape) -> Entries:
    """Return the entries of a load balancer's access log."""
    found = (
        f"SELECT {LINE}, line, regexp_extract(line, {sql.text(PATTERN)}, {sql.texts(_GROUPS)}) AS one "
        f"FROM ({lines(file, shape.encoding)}) WHERE line IS NOT NULL AND trim(line) <> ''"
    )
    times = " + ".join(f"greatest({_ns(name)}, 0)" for name in ("before", "answer", "after"))
    ended = iso("one.time", "UTC")
    # -1: the request was not handed on, or the target closed the connection. Then only the two moments tell.
    took = f"CASE WHEN {_ns('answer')} >= 0 THEN {times} ELSE greatest({ended} - {iso('one.created', 'UTC')}, 0) END"
    read = (
        f"SELECT {LINE}, line, one, {ended} AS ended, {took} AS took, try_cast(one.status AS INTEGER) AS status, "
        f"{method_and_path('one.request')}, concat(one.request, ' ', one.status) AS body FROM ({found})"
    )
    wrong = (
        "CASE WHEN one.time = '' THEN 'the line is no entry of a load balancer''s access log' "
        "WHEN ended IS NULL THEN 'its time cannot be read' END"
    )
    group = "regexp_extract(one.arn, ':targetgroup/([^/]+)', 1)"
    return Entries(
        query=f"SELECT *, coalesce(status >= 500, false) AS failed, {wrong} AS wrong FROM ({read})",
        # app/NAME/ID; a Classic Load Balancer says its name alone.
        service="coalesce(nullif(regexp_extract(one.balancer, '^(?:app|net)/([^/]+)/', 1), ''), one.balancer)",
        service_said="the load balancer's name in each entry",
        timed="request, target and response processing time",
        peer=f"coalesce(nullif({group}, ''), {said('one.target')})",
        peer_took=f"CASE WHEN {_ns('answer')} >= 0 THEN {_ns('answer')} END",
        attributes={
            "client.address": "one.client",
            "user_agent.original": said("one.agent"),
            "aws.elb.target": said("one.target"),
            "aws.elb.target_status_code": said("one.target_status"),
            "aws.elb.target_processing_ms": f"coalesce(CAST({_ns('answer')} // 1000000 AS VARCHAR), '')",
            "aws.elb.trace_id": said("one.trace"),
            "aws.elb.actions": said("one.action"),
            "aws.elb.error_reason": said("one.error"),
        },
        clock="UTC, when the answer was made",
    )


def _ns(field: str) -> str:
    return f"CAST(round(try_cast(one.{field} AS DOUBLE) * 1e9) AS BIGINT)"
