"""Makes an event of what Kubernetes tells about an object, with or without a written time."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workbench.ingest.saved.names import age_seconds, service_of, singular
from workbench.ingest.saved.rows import Row, event
from workbench.signals.times import parse_time

_AGE = re.compile(r"^(?P<last>\S+?)(?:\s+ago)?(?:\s+\(x(?P<count>\d+) over (?P<first>\S+?)\))?$")


def event_row(
    cells: Mapping[str, str],
    line: int,
    *,
    kind: str = "",
    name: str = "",
    namespace: str = "",
    service: str = "",
    node: str = "",
) -> Row:
    """Return the event in a row of a table of events; the titles are those of `describe` or of `get events`."""
    by_title = {title.lower(): cell for title, cell in cells.items()}
    if target := by_title.get("object"):
        kind, _, name = target.partition("/") if "/" in target else ("", "", target)
        kind = singular(kind)
        service = service_of(kind, name)
    namespace = by_title.get("namespace") or namespace
    seen = by_title.get("last seen") or by_title.get("age") or by_title.get("lastseen") or ""
    found = _AGE.match(seen)
    count = int(found["count"]) if found and found["count"] else int(by_title.get("count") or 1)
    time = parse_time(seen) if not found or age_seconds(found["last"]) is None else None
    return event(
        by_title.get("reason", ""),
        by_title.get("message", ""),
        time=time or 0,
        service=service,
        instance=name,
        line=line,
        type=by_title.get("type", ""),
        kind=kind,
        object=name,
        namespace=namespace,
        count=count,
        age_s=age_seconds(found["last"]) if found else None,
        first_age_s=age_seconds(found["first"]) if found and found["first"] else None,
        node=node,
    )
