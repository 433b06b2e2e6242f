"""Envoy's access log in its default format, and in the one that Istio sets.

The formats are those of Envoy's documentation ("Default format string") and Istio's ("Envoy Access Logs").
"""

from __future__ import annotations

from workbench.ingest import sql
from workbench.ingest.clock import iso
from workbench.ingest.files import Found
from workbench.ingest.raw import LINE, lines
from workbench.ingest.readers.requests import Entries, method_and_path, said, service_of
from workbench.ingest.shape import Shape
from workbench.signals.origins import pod_of

PATTERN = (
    r'^\[(\d{4}-\d\d-\d\dT[\d:.]+Z)\] "([^"]*)" (\d+) (\S+)(?: (\S+) \S+ "([^"]*)")? (\d+) (\d+) (\d+) (\d+|-) '
    r'"([^"]*)" "((?:[^"\\]|\\.)*)" "([^"]*)" "([^"]*)" "([^"]*)"(?: (\S+))?'
)
_GROUPS = [
    "time",
    "request",
    "status",
    "flags",
    "details",
    "failure",
    "received",
    "sent",
    "duration",
    "answer",
    "client",
    "agent",
    "id",
    "authority",
    "host",
    "cluster",
]


def entries(file: Found, shape: Shape) -> Entries:
    """Return the entries of Envoy's access log."""
    found = (
        f"SELECT {LINE}, line, regexp_extract(line, {sql.text(PATTERN)}, {sql.texts(_GROUPS)}) AS one "
        f"FROM ({lines(file, shape.encoding)}) WHERE line IS NOT NULL AND trim(line) <> ''"
    )
    started = iso("one.time", "UTC")
    body = "concat(one.request, ' ', one.status, ' ', one.flags, ' ', one.details, ' ', one.failure)"
    read = (
        f"SELECT {LINE}, line, one, {started} + {_ns('duration')} AS ended, {_ns('duration')} AS took, "
        f"try_cast(one.status AS INTEGER) AS status, {method_and_path('one.request')}, "
        f"rtrim({body}, ' -') AS body FROM ({found})"
    )
    wrong = (
        "CASE WHEN one.time = '' THEN 'the line is no entry of Envoy''s access log' "
        "WHEN ended IS NULL THEN 'its time cannot be read' END"
    )
    # Istio: `outbound|9080||reviews.shop.svc.cluster.local`; what is `inbound` is the proxy's own service.
    service_of_cluster = "regexp_extract(one.cluster, '^outbound[|][^|]*[|][^|]*[|]([^.|]+)', 1)"
    own = "starts_with(one.cluster, 'inbound|')"
    named = f"coalesce(nullif({service_of_cluster}, ''), nullif({said('one.cluster')}, ''), {said('one.host')})"
    pod = pod_of(file.relative)[0]
    service, why = (pod, "the pod in the file's name") if pod else service_of(file, "envoy")
    return Entries(
        query=f"SELECT *, coalesce(status >= 500, false) AS failed, {wrong} AS wrong FROM ({read})",
        service=sql.text(service),
        service_said=f"{service}, {why}",
        timed="DURATION",
        peer=f"CASE WHEN {own} THEN '' ELSE {named} END",
        peer_took=_ns("answer"),
        attributes={
            "client.address": said("one.client"),
            "server.address": said("one.authority"),
            "user_agent.original": said("one.agent"),
            "http.request.header.x-request-id": said("one.id"),
            "envoy.response_flags": said("one.flags"),
            "envoy.response_code_details": said("one.details"),
            "envoy.upstream_failure": said("one.failure"),
            "envoy.upstream_host": said("one.host"),
            "envoy.upstream_cluster": said("one.cluster"),
        },
        clock="UTC, when the request came",
    )


def _ns(field: str) -> str:
    return f"(try_cast(one.{field} AS BIGINT) * 1000000)"
