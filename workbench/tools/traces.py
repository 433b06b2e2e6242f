"""The verbs of looking at traces: search, one trace with its lines, a flame graph of many, spans over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import BadInput, NotFound
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.semconv import Table
from workbench.store.explore import logs, traces
from workbench.store.explore.logs import LogFilter, LogLine
from workbench.store.explore.traces import Order, SpanCounts, SpanFilter, TraceSummary
from workbench.tools.arguments import Limit
from workbench.tools.texts import Listing, columns, count, one_line, utc
from workbench.tools.time_range import Buckets, PageSize, time_range
from workbench.tools.trace_tree import Frame, TraceSpan, flame, lay_out

if TYPE_CHECKING:
    from workbench.core import Workbench

_MOST_LINES = 500
_HOUR = 3_600_000_000_000


class Traces(Listing[TraceSummary]):
    """Traces that a search found."""

    def text(self) -> str:
        """Return one line for each."""
        if not len(self):
            return "No trace fits."
        rows = [
            (one.trace_id, utc(one.start_unix_nano), f"{one.duration_ns / 1e6:,.1f}", one.spans, one.errors,
             one_line(f"{one.service_name}: {one.span_name}", 70))
            for one in self
        ]  # fmt: skip
        return columns(("TRACE", "BEGAN", "MS", "SPANS", "ERRORS", "ROOT"), rows, right=(2, 3, 4))


class Trace(Frozen):
    """One trace."""

    trace_id: str
    start_unix_nano: int
    duration_ns: int
    spans: list[TraceSpan]
    """Each parent before its children."""
    services: list[str]
    errors: int
    lines: list[LogLine]
    """Log lines that name the trace, the oldest first."""
    cut: bool
    """There are more spans than are given."""

    def text(self) -> str:
        """Return the tree."""
        rows = [
            (f"{one.offset_ns / 1e6:,.1f}", f"{one.duration_ns / 1e6:,.1f}", f"{one.self_ns / 1e6:,.1f}",
             one.span.status_code or "-",
             one_line(f"{'  ' * one.depth}{one.span.service_name}: {one.span.span_name}", 90))
            for one in self.spans
        ]  # fmt: skip
        head = (
            f"{self.trace_id}: {self.duration_ns / 1e6:,.1f} ms, {count(len(self.spans), 'span')}, "
            f"{count(self.errors, 'error')}, {count(len(self.lines), 'log line')}"
        )
        return f"{head}\n\n" + columns(("AT MS", "TOOK MS", "SELF MS", "STATUS", "SPAN"), rows, right=(0, 1, 2))


class FlameGraph(Frozen):
    """Where the time of many traces went."""

    frames: list[Frame]
    traces: int
    spans: int

    def text(self) -> str:
        """Return the frames with their self time."""
        rows = [
            (f"{one.total_ns / 1e6:,.1f}", f"{one.self_ns / 1e6:,.1f}", one.spans, one.errors,
             one_line(f"{'  ' * one.depth}{one.service_name}: {one.span_name}", 90))
            for one in self.frames
        ]  # fmt: skip
        head = f"{count(self.traces, 'trace')}, {count(self.spans, 'span')}"
        return f"{head}\n\n" + columns(("TOTAL MS", "SELF MS", "SPANS", "ERRORS", "FRAME"), rows, right=(0, 1, 2, 3))


class CountedSpans(SpanCounts):
    """Spans over time, and the operations that they are of."""

    end_unix_nano: int
    operations: list[tuple[str, str, int]]
    """(service, operation, spans), the most frequent first."""

    def text(self) -> str:
        """Return the operations."""
        rows = [(f"{spans:,}", service, operation) for service, operation, spans in self.operations[:40]]
        head = f"{count(self.total, 'span')}, {count(sum(self.errors), 'error')}"
        return f"{head}\n\n" + columns(("SPANS", "SERVICE", "OPERATION"), rows, right=(0,))


@tool(risk="read", command="traces search", positional=("query",))
def search_traces(
    wb: Workbench,
    query: str = "",
    start: str = "",
    end: str = "",
    service: list[str] | None = None,
    operation: str = "",
    least_ms: float | None = None,
    most_ms: float | None = None,
    errors: bool = False,
    order: Order = "newest",
    scope: str = "",
    limit: PageSize = 50,
) -> Traces:
    """Search traces by what one of their spans is like.

    Args:
        query: Such as: service:cart duration>250ms status:ERROR @http.route:/pay; words are parts of the operation.
        start: First time, or back from the newest span as -15m; left out: from the first span.
        end: The time before which spans begin.
        service: Only spans of these services.
        operation: Only spans of this operation.
        least_ms: The span took at least so long, in ms.
        most_ms: The span took at most so long, in ms.
        errors: Only spans that failed.
        order: The newest first, or the slowest.
        scope: Only this data set.
        limit: At most so many traces.
    """
    wanted = _wanted(wb, query, start, end, service, operation, scope, least_ms, most_ms, errors)
    return Traces(traces.search(wb.store, wanted, limit=limit, order=order) if wanted else [])


@tool(risk="read", command="traces count", positional=("query",))
def count_spans(
    wb: Workbench,
    query: str = "",
    start: str = "",
    end: str = "",
    service: list[str] | None = None,
    operation: str = "",
    errors: bool = False,
    scope: str = "",
    buckets: Buckets = 120,
) -> CountedSpans | None:
    """Count spans over time, with their errors and durations, and by operation.

    Args:
        query: As for `traces search`.
        start: First time, or back from the newest span as -15m.
        end: The time before which spans begin.
        service: Only spans of these services.
        operation: Only spans of this operation.
        errors: Only spans that failed.
        scope: Only this data set.
        buckets: At most so many stretches of time.
    """
    wanted = _wanted(wb, query, start, end, service, operation, scope, None, None, errors)
    if wanted is None:
        return None
    found = traces.count(wb.store, wanted, buckets=buckets)
    known = traces.operations(wb.store, wanted.model_copy(update={"operation": ""}))
    return CountedSpans(**dict(found), end_unix_nano=wanted.end_unix_nano or 0, operations=known)


@tool(risk="read", command="traces show", positional=("trace_id",))
def trace(wb: Workbench, trace_id: str, scope: str = "", at: str = "") -> Trace:
    """Show a trace: its spans as a tree, with self times, and the log lines that name it.

    Args:
        trace_id: Its id.
        scope: Only this data set.
        at: About when it was, to find it faster; rows an hour away are not looked at.
    """
    from workbench.tools.times import parse_at

    moment = parse_at(at, "at") if at else None
    around = (moment, moment) if moment is not None else None
    found = traces.spans_of(wb.store, [trace_id], scope=scope, around=around) if trace_id else []
    if not found:
        raise NotFound(
            "trace", trace_id, hint="`causeway traces search` finds traces; spans of this one are not stored"
        )
    start = min(one.start_time_unix_nano for one in found)
    end = max(one.end_time_unix_nano for one in found)
    wanted = LogFilter(start_unix_nano=start - _HOUR, end_unix_nano=end + _HOUR, trace_id=trace_id, scope=scope)
    return Trace(
        trace_id=trace_id,
        start_unix_nano=start,
        duration_ns=end - start,
        spans=lay_out(found),
        services=sorted({one.service_name for one in found}),
        errors=sum(one.failed for one in found),
        lines=logs.search(wb.store, wanted, limit=_MOST_LINES).lines[::-1],
        cut=len(found) == traces.MOST_SPANS,
    )


@tool(risk="read", command="traces flame", positional=("query",))
def flame_graph(
    wb: Workbench,
    query: str = "",
    start: str = "",
    end: str = "",
    service: list[str] | None = None,
    operation: str = "",
    least_ms: float | None = None,
    errors: bool = False,
    order: Order = "newest",
    trace_id: str = "",
    scope: str = "",
    limit: Limit = 100,
) -> FlameGraph:
    """Show where the time of many traces went: operations below the same callers are put together.

    Args:
        query: As for `traces search`.
        start: First time, or back from the newest span as -15m.
        end: The time before which spans begin.
        service: Only traces with a span of these services.
        operation: Only traces with a span of this operation.
        least_ms: Only traces with a span that took at least so long, in ms.
        errors: Only traces with a span that failed.
        order: Take the newest traces, or the slowest.
        trace_id: Only this trace.
        scope: Only this data set.
        limit: Put at most so many traces together.
    """
    if trace_id:
        found = traces.spans_of(wb.store, [trace_id], scope=scope)
    else:
        wanted = _wanted(wb, query, start, end, service, operation, scope, least_ms, None, errors)
        chosen = traces.search(wb.store, wanted, limit=min(limit, 1000), order=order) if wanted else []
        times = [one.start_unix_nano for one in chosen]
        around = (min(times), max(times)) if times else None
        found = (
            traces.spans_of(wb.store, [one.trace_id for one in chosen], scope=scope, around=around) if chosen else []
        )
    return FlameGraph(frames=flame(found), traces=len({one.trace_id for one in found}), spans=len(found))


def _wanted(
    wb: Workbench,
    query: str,
    start: str,
    end: str,
    service: list[str] | None,
    operation: str,
    scope: str,
    least_ms: float | None,
    most_ms: float | None,
    errors: bool,
) -> SpanFilter | None:
    if least_ms is not None and most_ms is not None and least_ms > most_ms:
        raise BadInput(f"least_ms = {least_ms:g} is more than most_ms = {most_ms:g}", where="traces")
    span = time_range(wb, Table.SPANS, start, end, scope)
    if span is None:
        return None
    return SpanFilter(
        start_unix_nano=span.start,
        end_unix_nano=span.end,
        services=service or [],
        operation=operation,
        least_ns=None if least_ms is None else int(least_ms * 1e6),
        most_ns=None if most_ms is None else int(most_ms * 1e6),
        errors_only=errors,
        text=query,
        scope=scope,
    )
