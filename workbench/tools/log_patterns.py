"""The kinds of lines in a selection of logs: how often, by whom, when, and against an earlier stretch of time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.semconv import Table
from workbench.store.explore import logs
from workbench.store.explore.logs import LogFilter
from workbench.tools.arguments import Limit
from workbench.tools.texts import columns, count, one_line
from workbench.tools.time_range import TimeRange, time_range

if TYPE_CHECKING:
    from workbench.core import Workbench

MOST_LINES = 20_000
"""Lines that are looked at; of more, so many spread over the selection."""
SLOTS = 30
"""Stretches of time that each pattern is counted in."""
_LONGEST = 400


class LogPattern(Frozen):
    """One kind of line."""

    template_id: str
    template: str
    """`<*>` stands for what varies."""
    lines: int
    """Estimated when not every line was looked at."""
    share: float
    before: int | None
    """Lines in the stretch of time just before, equally long; None when it was not asked for."""
    level: str
    """The word of its most severe line."""
    severity_number: int
    services: list[str]
    """The most frequent first."""
    over_time: list[int]
    """Of the lines looked at, in equal slots."""
    first_unix_nano: int
    last_unix_nano: int
    example: str
    example_row_id: int


class LogPatterns(Frozen):
    """The kinds of lines of a selection, the most frequent first."""

    patterns: list[LogPattern]
    kinds: int
    """How many there are in all."""
    total: int
    """Lines of the selection."""
    looked_at: int
    start_unix_nano: int | None
    end_unix_nano: int | None

    def text(self) -> str:
        """Return one line for each."""
        if not self.patterns:
            return "No line fits."
        rows = [
            (f"{one.lines:,}", "-" if one.before is None else f"{one.before:,}", one.level or "-",
             ", ".join(one.services[:2]), one_line(one.template, 110))
            for one in self.patterns
        ]  # fmt: skip
        seen = "" if self.looked_at == self.total else f"; {self.looked_at:,} of them were looked at"
        head = f"{count(self.kinds, 'kind')} of lines among {self.total:,}{seen}"
        return head + "\n\n" + columns(("LINES", "BEFORE", "LEVEL", "SERVICES", "PATTERN"), rows, right=(0, 1))


@dataclass(slots=True)
class _Seen:
    template: str
    lines: int = 0
    before: int = 0
    severity: int = -1
    word: str = ""
    services: Counter[str] = field(default_factory=Counter)
    slots: list[int] = field(default_factory=lambda: [0] * SLOTS)
    first: int = 0
    last: int = 0
    example: str = ""
    row_id: int = 0


@tool(risk="read", command="logs patterns", positional=("query",))
def log_patterns(
    wb: Workbench,
    query: str = "",
    start: str = "",
    end: str = "",
    service: list[str] | None = None,
    level: list[str] | None = None,
    trace_id: str = "",
    scope: str = "",
    compare: bool = False,
    limit: Limit = 50,
) -> LogPatterns:
    """Group the log lines of a selection by their templates, with the workspace's memory of templates.

    Args:
        query: As for `logs search`.
        start: First time, or back from the newest line as -15m; left out: from the first line.
        end: The time before which lines are wanted.
        service: Only lines of these services.
        level: Only these levels.
        trace_id: Only lines of this trace.
        scope: Only this data set.
        compare: Count the stretch of time just before, too.
        limit: At most so many patterns.
    """
    span = time_range(wb, Table.LOGS, start, end, scope)
    if span is None:
        return LogPatterns(patterns=[], kinds=0, total=0, looked_at=0, start_unix_nano=None, end_unix_nano=None)
    wanted = LogFilter(
        start_unix_nano=span.start, end_unix_nano=span.end, services=service or [], levels=level or [], text=query,
        trace_id=trace_id, scope=scope,
    )  # fmt: skip
    wb.progress(0, None, "reading lines")
    rows, total = logs.sample(wb.store, wanted, MOST_LINES)
    earlier: list[dict[str, Any]] = []
    before_total = 0
    if compare:
        past = wanted.model_copy(update={"start_unix_nano": 2 * span.start - span.end, "end_unix_nano": span.start})
        earlier, before_total = logs.sample(wb.store, past, MOST_LINES)
    wb.progress(0, None, f"grouping {len(rows) + len(earlier):,} lines")
    found = _group(wb, rows, earlier, span)
    weight = total / len(rows) if rows else 1.0
    weight_before = before_total / len(earlier) if earlier else 1.0
    ordered = sorted(found.items(), key=lambda item: (-item[1].lines, -item[1].before, item[0]))
    return LogPatterns(
        patterns=[_pattern(name, seen, weight, weight_before, len(rows), compare) for name, seen in ordered[:limit]],
        kinds=len(found),
        total=total,
        looked_at=len(rows),
        start_unix_nano=span.start,
        end_unix_nano=span.end,
    )


def _group(
    wb: Workbench, rows: list[dict[str, Any]], earlier: list[dict[str, Any]], span: TimeRange
) -> dict[str, _Seen]:
    from workbench.signals.memory import DEFAULT_SYSTEM
    from workbench.signals.templates import mine_messages
    from workbench.store import templates

    both = earlier + rows
    bodies = [str(row["body"])[:_LONGEST] for row in both]
    # The memory knows the names that people gave and keeps identifiers; without one the lines speak for themselves.
    known = DEFAULT_SYSTEM in templates.systems(wb.store)
    mined = templates.load_memory(wb.store, DEFAULT_SYSTEM).mine(bodies) if known else mine_messages(bodies)
    found: dict[str, _Seen] = {}
    length = max(span.end - span.start, 1)
    for place, (row, (name, template)) in enumerate(zip(both, mined, strict=True)):
        seen = found.setdefault(name, _Seen(template))
        if row["severity_number"] > seen.severity:
            seen.severity, seen.word = row["severity_number"], row["severity_text"]
        if place < len(earlier):
            seen.before += 1
            continue
        at = row["time_unix_nano"]
        if not seen.lines:
            seen.first, seen.example, seen.row_id = at, bodies[place], row["row_id"]
        seen.lines += 1
        seen.last = at
        seen.services[row["service_name"]] += 1
        seen.slots[min((at - span.start) * SLOTS // length, SLOTS - 1)] += 1
    return found


def _pattern(name: str, seen: _Seen, weight: float, weight_before: float, looked_at: int, compare: bool) -> LogPattern:
    return LogPattern(
        template_id=name,
        template=seen.template,
        lines=round(seen.lines * weight),
        share=seen.lines / looked_at if looked_at else 0.0,
        before=round(seen.before * weight_before) if compare else None,
        level=seen.word,
        severity_number=max(seen.severity, 0),
        services=[service for service, _ in seen.services.most_common(5)],
        over_time=seen.slots,
        first_unix_nano=seen.first,
        last_unix_nano=seen.last,
        example=seen.example,
        example_row_id=seen.row_id,
    )
