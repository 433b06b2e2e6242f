"""The verbs of looking through logs: search by page, count over time and by value, follow what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.semconv import Table
from workbench.store.explore import logs
from workbench.store.explore.logs import Direction, LogCounts, LogFilter, LogLine, Value
from workbench.tools.texts import columns, count, one_line, utc
from workbench.tools.time_range import Buckets, PageSize, time_range

if TYPE_CHECKING:
    from workbench.core import Workbench


class FoundLogs(Frozen):
    """A page of lines."""

    lines: list[LogLine]
    """The newest first."""
    older: str
    """Key of the page with older lines; '' when this is the last."""
    newer: str
    """Key of the page with newer lines; '' when this is the first."""
    start_unix_nano: int | None
    """The stretch of time that was searched; None when there are no lines at all."""
    end_unix_nano: int | None

    def text(self) -> str:
        """Return one line for each."""
        if not self.lines:
            return "No line fits." if self.start_unix_nano is not None else "There are no log lines yet."
        said = [
            f"{utc(one.time_unix_nano)}  {one.severity_text or '-':<5}  {one.service_name}  {one_line(one.body, 160)}"
            for one in reversed(self.lines)
        ]
        return "\n".join(said + [f"Older lines: --key {self.older}"] * bool(self.older))


class CountedLogs(LogCounts):
    """Lines over time and by value."""

    end_unix_nano: int

    def text(self) -> str:
        """Return the counts by level and by service."""
        lines = [f"{count(self.total, 'line')} from {utc(self.start_unix_nano)} to {utc(self.end_unix_nano)}"]
        for name, values in self.facets.items():
            rows = [(one.value or "(none)", f"{one.count:,}") for one in values[:20]]
            lines += ["", columns((name.upper(), "LINES"), rows, right=(1,))]
        return "\n".join(lines)


class NewLogs(Frozen):
    """Lines that came since the last look."""

    lines: list[LogLine]
    """In the order in which they came."""
    key: str
    """Give it at the next look."""
    skipped: int

    def text(self) -> str:
        """Return one line for each."""
        said = [f"... {count(self.skipped, 'line')} left out"] * bool(self.skipped)
        said += [
            f"{utc(one.time_unix_nano)}  {one.severity_text or '-':<5}  {one.service_name}  {one_line(one.body, 160)}"
            for one in self.lines
        ]
        return "\n".join([*said, f"What comes next: --key {self.key}"])


@tool(risk="read", command="logs search", positional=("query",))
def search_logs(
    wb: Workbench,
    query: str = "",
    start: str = "",
    end: str = "",
    service: list[str] | None = None,
    level: list[str] | None = None,
    trace_id: str = "",
    scope: str = "",
    limit: PageSize = 200,
    key: str = "",
    direction: Direction = "older",
) -> FoundLogs:
    """Search log lines, the newest first; a page leads to the next by its key, however many lines there are.

    Args:
        query: Such as: service:cart level>=error "timed out" -health @http.status_code>=500; OR and (..) work, too.
        start: First time, as 2026-01-31T09:35:00Z or back from the newest line as -15m; left out: from the first line.
        end: The time before which lines are wanted, the same way.
        service: Only lines of these services.
        level: Only these levels: none, trace, debug, info, warn, error, fatal.
        trace_id: Only lines of this trace.
        scope: Only this data set; `causeway sources` lists them.
        limit: At most so many lines.
        key: Where to go on: `older` or `newer` of a page before.
        direction: Which way from the key.
    """
    span = time_range(wb, Table.LOGS, start, end, scope)
    if span is None:
        return FoundLogs(lines=[], older="", newer="", start_unix_nano=None, end_unix_nano=None)
    wanted = _filter(span, query, service, level, trace_id, scope)
    page = logs.search(wb.store, wanted, limit=limit, key=key, direction=direction)
    return FoundLogs(
        lines=page.lines, older=page.older, newer=page.newer, start_unix_nano=span.start, end_unix_nano=span.end
    )


@tool(risk="read", command="logs count", positional=("query",))
def count_logs(
    wb: Workbench,
    query: str = "",
    start: str = "",
    end: str = "",
    service: list[str] | None = None,
    level: list[str] | None = None,
    trace_id: str = "",
    scope: str = "",
    buckets: Buckets = 120,
    facet: list[str] | None = None,
) -> CountedLogs | None:
    """Count log lines over time by level, and by service, level and what else is asked for.

    Args:
        query: As for `logs search`.
        start: First time, or back from the newest line as -15m; left out: from the first line.
        end: The time before which lines are wanted.
        service: Only lines of these services.
        level: Only these levels.
        trace_id: Only lines of this trace.
        scope: Only this data set.
        buckets: At most so many stretches of time.
        facet: Count by this, too: host, instance, template.
    """
    span = time_range(wb, Table.LOGS, start, end, scope)
    if span is None:
        return None
    wanted = _filter(span, query, service, level, trace_id, scope)
    found = logs.count(wb.store, wanted, buckets=buckets, facets=tuple(facet or ()))
    return CountedLogs(**dict(found), end_unix_nano=span.end)


@tool(risk="read", command="logs tail", positional=("query",))
def tail_logs(
    wb: Workbench,
    query: str = "",
    service: list[str] | None = None,
    level: list[str] | None = None,
    scope: str = "",
    key: str = "",
    limit: PageSize = 200,
) -> NewLogs:
    """Show the lines that came since the last look, in the order of their arrival.

    Args:
        query: As for `logs search`.
        service: Only lines of these services.
        level: Only these levels.
        scope: Only this data set.
        key: From the look before; without it come the last few lines.
        limit: At most so many; of more, the newest.
    """
    wanted = LogFilter(services=service or [], levels=level or [], text=query, scope=scope)
    found = logs.tail(wb.store, wanted, key=key, limit=limit)
    return NewLogs(lines=found.lines, key=found.key, skipped=found.skipped)


def _filter(
    span: tuple[int, int],
    query: str,
    service: list[str] | None,
    level: list[str] | None,
    trace_id: str,
    scope: str,
) -> LogFilter:
    return LogFilter(
        start_unix_nano=span[0], end_unix_nano=span[1], services=service or [], levels=level or [], text=query,
        trace_id=trace_id, scope=scope,
    )  # fmt: skip


__all__: list[str] = ["CountedLogs", "FoundLogs", "NewLogs", "Value", "count_logs", "search_logs", "tail_logs"]
