"""How much a service was asked, how often it failed and how slow it was, over a stretch of time."""

from __future__ import annotations

from workbench.facts.evidence import Frozen
from workbench.semconv import NANOS_PER_SECOND, SEVERITY_ERROR, Table
from workbench.store.db import Store
from workbench.store.explore.calls import loads
from workbench.store.explore.where import Bounds, Where, bounds
from workbench.store.rows import records


class Level(Frozen):
    """One service over a stretch of time."""

    seconds: float
    requests: int = 0
    errors: int = 0
    p50_ms: float | None = None
    p95_ms: float | None = None
    lines: int = 0
    """Log lines."""
    error_lines: int = 0

    @property
    def per_s(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds if self.seconds else 0.0

    @property
    def error_share(self) -> float | None:
        """Share of the requests that failed, 0..1; None without requests."""
        return self.errors / self.requests if self.requests else None

    @property
    def error_lines_per_s(self) -> float:
        """Lines of errors per second."""
        return self.error_lines / self.seconds if self.seconds else 0.0


def levels(store: Store, start_unix_nano: int, end_unix_nano: int, scope: str = "") -> dict[str, Level]:
    """Return how each service did, by its name; services of which nothing was heard are not there."""
    # Only the time for which there are rows counts: a past before the first row is no quiet time.
    known = bounds_of_all(store, scope)
    if known is None:
        return {}
    low, high = max(start_unix_nano, known.start_unix_nano), min(end_unix_nano, known.end_unix_nano)
    if low >= high:
        return {}
    seconds = (high - low) / NANOS_PER_SECOND
    asked = {one.service_name: one for one in loads(store, low, high, scope)}
    with store.connection() as cursor:
        where = Where().between("time_unix_nano", low, high).of_scope(cursor, scope).add("service_name <> ''")
        cursor.execute(
            "SELECT service_name, count(*) AS lines, count(*) FILTER "
            f"(severity_number >= {SEVERITY_ERROR}) AS error_lines FROM logs WHERE {where.sql} GROUP BY 1",
            where.values,
        )
        said = {row["service_name"]: row for row in records(cursor)}
        measured = Where().between("time_unix_nano", low, high).of_scope(cursor, scope).add("service_name <> ''")
        cursor.execute(f"SELECT DISTINCT service_name FROM metrics WHERE {measured.sql}", measured.values)
        named = {row[0] for row in cursor.fetchall()}
    found = {}
    for name in sorted({*asked, *said, *named}):
        load, lines = asked.get(name), said.get(name, {})
        found[name] = Level(
            seconds=seconds,
            requests=load.requests if load else 0,
            errors=load.errors if load else 0,
            p50_ms=load.p50_ms if load else None,
            p95_ms=load.p95_ms if load else None,
            lines=lines.get("lines", 0),
            error_lines=lines.get("error_lines", 0),
        )
    return found


def bounds_of_all(store: Store, scope: str = "") -> Bounds | None:
    """Return from when to when there are logs, spans or metrics, or None without any."""
    found = [one for table in (Table.SPANS, Table.LOGS, Table.METRICS) if (one := bounds(store, table, scope))]
    if not found:
        return None
    return Bounds(
        start_unix_nano=min(one.start_unix_nano for one in found), end_unix_nano=max(one.end_unix_nano for one in found)
    )


def has_spans(store: Store, scope: str = "") -> bool:
    """Tell whether there are spans."""
    return bounds(store, Table.SPANS, scope) is not None
