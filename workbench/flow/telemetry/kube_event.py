"""Events of Kubernetes, as the API writes them and as tools shorten them, as values of the table `events`."""

from __future__ import annotations

from typing import Any

from workbench.signals.plain import Plain, said, time_of
from workbench.signals.workloads import workload_of


def is_event(node: Plain) -> bool:
    """Tell whether an object is an event of Kubernetes."""
    return (
        node.has("reason")
        and (node.has("message") or node.has("note"))
        and (node.has("involvedobject") or node.has("regarding") or node.text("kind") == "Event")
    )


def event_values(node: Plain) -> dict[str, Any]:
    """Return the columns of an event, dated when it was last seen; the time is None when it has none."""
    kind, name = _involved(node)
    namespace = node.text("namespace") or node.inner("metadata").text("namespace")
    first = time_of(node.text("firsttimestamp", "firsttime", "firstseen") or node.text("eventtime"))
    series = node.inner("series")
    last = time_of(
        node.text("lasttimestamp", "lasttime", "lastseen")
        or series.text("lastobservedtime")
        or node.text("eventtime", "firsttimestamp", "firsttime", "timestamp", "time")
        or node.inner("metadata").text("creationtimestamp")
    )
    return {
        "time_unix_nano": last,
        "event_name": node.text("reason"),
        "summary": node.text("message", "note"),
        "service_name": workload_of(name) if kind in ("Pod", "ReplicaSet", "Deployment") else name,
        "service_instance_id": name,
        "attributes": {
            "type": node.text("type"),
            "kind": kind,
            "object": name,
            "namespace": namespace,
            "count": node.text("count") or series.text("count") or "1",
            "first_unix_nano": said(first or last),
            "node": node.inner("source").text("host"),
        },
    }


def _involved(node: Plain) -> tuple[str, str]:
    about = node.get("involvedobject", "regarding")
    if isinstance(about, dict):
        return Plain(about).text("kind"), Plain(about).text("name")
    kind, _, name = said(about).partition("/")
    return (kind, name) if name else ("", kind)
