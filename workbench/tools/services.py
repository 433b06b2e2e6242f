"""The verbs of services: how each does against its own past, who calls whom, and one of them in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from workbench.errors import NotFound
from workbench.facts.evidence import Frozen
from workbench.facts.incident import Incident, IncidentState
from workbench.guard.tool import tool
from workbench.semconv import NANOS_PER_SECOND, Table
from workbench.store import incidents
from workbench.store.explore import calls, health, traces
from workbench.store.explore.calls import Call
from workbench.store.explore.health import Level
from workbench.store.explore.traces import SpanCounts, SpanFilter
from workbench.store.explore.where import Bounds
from workbench.tools.texts import columns, count, utc
from workbench.tools.time_range import Buckets, TimeRange, time_range

if TYPE_CHECKING:
    from workbench.core import Workbench

Health = Literal["bad", "watch", "good", "quiet"]
"""Clearly worse than its own past; somewhat worse; as ever; nothing was heard in this stretch of time."""
_ORDER: tuple[Health, ...] = ("bad", "watch", "quiet", "good")
_OPEN = (IncidentState.OPEN, IncidentState.INVESTIGATING, IncidentState.MITIGATED)
NOW_S = 900.0
"""The present, when no stretch of time is given: the last quarter of an hour of the telemetry."""
PAST_TIMES = 24
"""The past is at most so many times as long as the present."""
_LEAST_REQUESTS = 20
_ERROR_BAD, _ERROR_WATCH = 0.05, 0.01
_SLOW_BAD, _SLOW_WATCH = 3.0, 1.5
_RATE_WATCH = 0.3


class ServiceHealth(Frozen):
    """How one service does now and did before."""

    service_name: str
    health: Health
    why: str
    """In words; '' when it is as ever."""
    now: Level
    past: Level | None
    """None when nothing is known of before."""
    open_incidents: list[str]
    """Ids of incidents about it that are not resolved."""


class Services(Frozen):
    """All services, the worst first."""

    services: list[ServiceHealth]
    start_unix_nano: int | None
    """The stretch of time that is the present; None without telemetry."""
    end_unix_nano: int | None
    past_start_unix_nano: int | None

    def text(self) -> str:
        """Return one line for each."""
        if not self.services:
            return "No service is known yet. `causeway import FOLDER` brings telemetry in."
        rows = [
            (one.service_name, one.health, _rate(one.now), _share(one.now), _ms(one.now), f"{one.now.error_lines:,}",
             ", ".join(one.open_incidents) or "-", one.why)
            for one in self.services
        ]  # fmt: skip
        head = ("SERVICE", "HEALTH", "REQ/S", "ERRORS", "P95 MS", "ERROR LINES", "INCIDENTS", "WHY")
        span = f"{utc(self.start_unix_nano)} to {utc(self.end_unix_nano)} against {utc(self.past_start_unix_nano)} on"
        return f"{span}\n\n" + columns(head, rows, right=(2, 3, 4, 5))


class MapNode(Frozen):
    """One service in the map, with its place in the layered drawing."""

    service_name: str
    health: Health
    column: int
    row: float
    requests: int
    error_share: float | None


class ServiceMap(Frozen):
    """Who calls whom."""

    nodes: list[MapNode]
    calls: list[Call]
    share: float
    """Share of the traces that was looked at; the counts are estimated from it."""
    start_unix_nano: int | None
    end_unix_nano: int | None

    def text(self) -> str:
        """Return one line for each call."""
        if not self.calls:
            return "No call between services is known."
        rows = [
            (one.caller, one.callee, f"{one.per_s:,.2f}", f"{100 * one.errors / one.calls:.1f} %" if one.calls else "-",
             "-" if one.p95_ms is None else f"{one.p95_ms:,.1f}")
            for one in self.calls
        ]  # fmt: skip
        return columns(("CALLER", "CALLEE", "CALLS/S", "ERRORS", "P95 MS"), rows, right=(2, 3, 4))


class ServicePage(Frozen):
    """One service in full."""

    health: ServiceHealth
    callers: list[Call]
    callees: list[Call]
    over_time: SpanCounts | None
    """None when it sends no spans."""
    operations: list[tuple[str, int]]
    """(operation, spans) of the present, the most frequent first."""
    incidents: list[Incident]
    start_unix_nano: int
    end_unix_nano: int

    def text(self) -> str:
        """Return how it does and whom it depends on."""
        one = self.health
        lines = [f"{one.service_name}: {one.health}" + (f", {one.why}" if one.why else "")]
        lines.append(f"{_rate(one.now)} requests/s, {_share(one.now)} errors, p95 {_ms(one.now)} ms")
        lines.append(f"Called by  {', '.join(call.caller for call in self.callers) or '-'}")
        lines.append(f"Calls      {', '.join(call.callee for call in self.callees) or '-'}")
        lines += [f"  {name}  {count(spans, 'span')}" for name, spans in self.operations[:15]]
        lines += [f"  {incident.incident_id}  {incident.state}  {incident.title}" for incident in self.incidents]
        return "\n".join(lines)


@tool(risk="read", command="services list")
def services(wb: Workbench, start: str = "", end: str = "", scope: str = "") -> Services:
    """List the services with rates, errors and latency now against their own past, and open incidents.

    Args:
        start: Where the present begins, or back from the newest telemetry as -15m, which is the default.
        end: Where it ends; left out: with the newest telemetry.
        scope: Only this data set.
    """
    span = _present(wb, start, end, scope)
    if span is None:
        return Services(services=[], start_unix_nano=None, end_unix_nano=None, past_start_unix_nano=None)
    known = health.bounds_of_all(wb.store, scope)
    first = known.start_unix_nano if known else 0
    return Services(
        services=_judged(wb, span, scope),
        start_unix_nano=span.start,
        end_unix_nano=span.end,
        past_start_unix_nano=max(_past(span).start, first),
    )


@tool(risk="read", command="services map")
def service_map(wb: Workbench, start: str = "", end: str = "", scope: str = "") -> ServiceMap:
    """Draw who calls whom, with rates, errors and p95 of each call and the health of each service.

    Args:
        start: Where the stretch of time begins, or back from the newest telemetry as -15m, which is the default.
        end: Where it ends.
        scope: Only this data set.
    """
    from workbench.report.layout import place

    span = _present(wb, start, end, scope)
    if span is None:
        return ServiceMap(nodes=[], calls=[], share=1.0, start_unix_nano=None, end_unix_nano=None)
    found = calls.calls(wb.store, span.start, span.end, scope)
    judged = {one.service_name: one for one in _judged(wb, span, scope)}
    names = {name for call in found.calls for name in (call.caller, call.callee)} | {
        one.service_name for one in found.services
    }
    places = place(names, [(call.caller, call.callee) for call in found.calls])
    top = min((row for _, row in places.values()), default=0.0)
    nodes = [
        MapNode(
            service_name=name,
            health=judged[name].health if name in judged else "quiet",
            column=places[name][0],
            row=places[name][1] - top,
            requests=judged[name].now.requests if name in judged else 0,
            error_share=judged[name].now.error_share if name in judged else None,
        )
        for name in sorted(names)
    ]
    return ServiceMap(
        nodes=nodes, calls=found.calls, share=found.share, start_unix_nano=span.start, end_unix_nano=span.end
    )


@tool(risk="read", command="services show", positional=("service_name",))
def service(
    wb: Workbench, service_name: str, start: str = "", end: str = "", scope: str = "", buckets: Buckets = 120
) -> ServicePage:
    """Show one service: its health, who calls it and whom it calls, its operations and incidents.

    Args:
        service_name: Its name; `causeway services list` lists them.
        start: Where the present begins, or back from the newest telemetry as -15m, which is the default.
        end: Where it ends.
        scope: Only this data set.
        buckets: At most so many stretches of time in its chart, which goes over present and past.
    """
    span = _present(wb, start, end, scope)
    one = next((one for one in _judged(wb, span, scope) if one.service_name == service_name), None) if span else None
    if one is None or span is None:
        raise NotFound("service", service_name, hint="`causeway services list` lists them")
    known = calls.calls(wb.store, span.start, span.end, scope).calls
    all_of_it = health.bounds_of_all(wb.store, scope)
    first = max(_past(span).start, all_of_it.start_unix_nano if all_of_it else 0)
    longer = SpanFilter(start_unix_nano=first, end_unix_nano=span.end, services=[service_name], scope=scope)
    over_time = traces.count(wb.store, longer, buckets=buckets)
    now = longer.model_copy(update={"start_unix_nano": span.start})
    return ServicePage(
        health=one,
        callers=[call for call in known if call.callee == service_name],
        callees=[call for call in known if call.caller == service_name],
        over_time=over_time if over_time.total else None,
        operations=[(name, spans) for _, name, spans in traces.operations(wb.store, now, limit=50)],
        incidents=list(incidents.latest(wb.store, service_name=service_name, limit=10)),
        start_unix_nano=span.start,
        end_unix_nano=span.end,
    )


def _present(wb: Workbench, start: str, end: str, scope: str) -> TimeRange | None:
    known: Bounds | None = health.bounds_of_all(wb.store, scope)
    if known is None:
        return None
    if start or end:
        table = Table.SPANS if health.has_spans(wb.store, scope) else Table.LOGS
        return time_range(wb, table, start, end, scope)
    span = int(NOW_S * NANOS_PER_SECOND)
    # A short recording has a past only when its present is shorter still.
    span = min(span, max((known.end_unix_nano - known.start_unix_nano) // 4, NANOS_PER_SECOND))
    return TimeRange(known.end_unix_nano - span, known.end_unix_nano)


def _past(span: TimeRange) -> TimeRange:
    return TimeRange(max(span.start - PAST_TIMES * (span.end - span.start), 0), span.start)


def _without_trouble(past: TimeRange, opened: Sequence[int], present: int) -> TimeRange:
    """Return the past up to the first incident in it: what went wrong then is not what is usual.

    A past of less than half of the present (ns) would tell nothing, so it stays whole then.
    """
    first = min((time for time in opened if past.start + present // 2 <= time < past.end), default=past.end)
    return TimeRange(past.start, first)


def _judged(wb: Workbench, span: TimeRange, scope: str) -> list[ServiceHealth]:
    known = [one for one in incidents.latest(wb.store, limit=1000) if not scope or one.scope == scope]
    heard = health.bounds_of_all(wb.store, scope)
    past = _past(span)
    past = TimeRange(max(past.start, heard.start_unix_nano if heard else 0), past.end)
    past = _without_trouble(past, [one.opened_unix_nano for one in known], span.end - span.start)
    now = health.levels(wb.store, span.start, span.end, scope)
    before = health.levels(wb.store, past.start, past.end, scope)
    concerned: dict[str, list[str]] = {}
    for incident in known:
        if incident.state in _OPEN:
            concerned.setdefault(incident.service_name, []).append(incident.incident_id)
    found = []
    for name in sorted({*now, *before}):
        here = now.get(name) or Level(seconds=(span.end - span.start) / NANOS_PER_SECOND)
        verdict, why = judge(here, before.get(name))
        found.append(
            ServiceHealth(
                service_name=name, health=verdict, why=why, now=here, past=before.get(name),
                open_incidents=concerned.get(name, []),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (_ORDER.index(one.health), not one.open_incidents, one.service_name))


def judge(now: Level, past: Level | None) -> tuple[Health, str]:
    """Return how a service does now against its own past, and why."""
    if not now.requests and not now.lines:
        return "quiet", "nothing heard from it"
    said: list[tuple[Health, str]] = []
    if now.requests >= _LEAST_REQUESTS and now.error_share is not None:
        usual = past.error_share or 0.0 if past else 0.0
        more = now.error_share - usual
        if more >= _ERROR_BAD or (more >= _ERROR_WATCH and now.error_share >= 3 * usual):
            grade: Health = "bad" if more >= _ERROR_BAD else "watch"
            said.append((grade, f"{100 * now.error_share:.1f} % of requests fail, usually {100 * usual:.1f} %"))
    if past and past.p95_ms and now.p95_ms is not None and min(now.requests, past.requests) >= _LEAST_REQUESTS:
        ratio = now.p95_ms / past.p95_ms
        if ratio >= _SLOW_WATCH and now.p95_ms - past.p95_ms >= 5:
            grade = "bad" if ratio >= _SLOW_BAD else "watch"
            said.append((grade, f"p95 is {now.p95_ms:,.0f} ms, usually {past.p95_ms:,.0f} ms"))
    if past and past.requests >= _LEAST_REQUESTS and now.per_s < _RATE_WATCH * past.per_s:
        said.append(("watch", f"{now.per_s:,.2g} requests/s, usually {past.per_s:,.2g}"))
    if past and now.error_lines >= _LEAST_REQUESTS and now.error_lines_per_s >= 3 * past.error_lines_per_s:
        said.append(("watch", f"{now.error_lines:,} error lines, usually {past.error_lines_per_s * now.seconds:,.0f}"))
    if not said:
        return "good", ""
    return min((grade for grade, _ in said), key=_ORDER.index), "; ".join(words for _, words in said)


def _rate(level: Level) -> str:
    return f"{level.per_s:,.2f}" if level.requests else "-"


def _share(level: Level) -> str:
    return "-" if level.error_share is None else f"{100 * level.error_share:.1f} %"


def _ms(level: Level) -> str:
    return "-" if level.p95_ms is None else f"{level.p95_ms:,.1f}"
