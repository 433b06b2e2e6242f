"""Lays the spans of traces out: one trace as a tree with self times, many traces as a flame graph."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.evidence import Frozen
from workbench.store.explore.traces import Span


class TraceSpan(Frozen):
    """One span with its place in the tree."""

    span: Span
    depth: int
    offset_ns: int
    """Since the beginning of the trace."""
    duration_ns: int
    self_ns: int
    """Its duration without the time in which a child was running."""
    children: int
    orphan: bool
    """It names a parent that is not stored."""


class Frame(Frozen):
    """One box of a flame graph: an operation below the same callers."""

    depth: int
    path: list[str]
    """`service: operation` from the root to this one."""
    service_name: str
    span_name: str
    start_ns: int
    """Where the box begins: the sum of what stands left of it."""
    total_ns: int
    """Time of it and what it calls, over all traces; at most as wide as what it stands on."""
    self_ns: int
    spans: int
    errors: int


def lay_out(spans: Sequence[Span]) -> list[TraceSpan]:
    """Return the spans of one trace, each parent before its children, children in the order of their beginnings."""
    roots, children = _families(spans)
    begin = min((one.start_time_unix_nano for one in spans), default=0)
    known = {one.span_id for one in spans}
    out: list[TraceSpan] = []
    stack = [(one, 0) for one in reversed(roots)]
    while stack:
        one, depth = stack.pop()
        below = children.get(one.row_id, [])
        out.append(
            TraceSpan(
                span=one,
                depth=depth,
                offset_ns=one.start_time_unix_nano - begin,
                duration_ns=one.duration_ns,
                self_ns=_self_ns(one, below),
                children=len(below),
                orphan=bool(one.parent_span_id) and one.parent_span_id not in known,
            )
        )
        stack += [(child, depth + 1) for child in reversed(below)]
    return out


def flame(spans: Sequence[Span]) -> list[Frame]:
    """Put spans with the same way down from a root together, over any number of traces.

    The width of a frame is the self time of it and of all below it: concurrent calls stand side by side, so a frame
    may be wider than the time that passed.
    """
    by_trace: dict[str, list[Span]] = {}
    for one in spans:
        by_trace.setdefault(one.trace_id, []).append(one)
    found: dict[tuple[str, ...], list[int]] = {}
    named: dict[tuple[str, ...], Span] = {}
    for own in by_trace.values():
        way: list[str] = []
        for placed in lay_out(own):
            del way[placed.depth :]
            way.append(f"{placed.span.service_name}: {placed.span.span_name}")
            path = tuple(way)
            sums = found.setdefault(path, [0, 0, 0])
            named.setdefault(path, placed.span)
            sums[0] += placed.self_ns
            sums[1] += 1
            sums[2] += placed.span.failed
    total: dict[tuple[str, ...], int] = {}
    for path, (own_ns, _, _) in found.items():
        for depth in range(1, len(path) + 1):
            total[path[:depth]] = total.get(path[:depth], 0) + own_ns
    return _frames(found, named, total)


def _frames(
    found: dict[tuple[str, ...], list[int]], named: dict[tuple[str, ...], Span], total: dict[tuple[str, ...], int]
) -> list[Frame]:
    below: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for path in found:
        below.setdefault(path[:-1], []).append(path)
    out: list[Frame] = []
    stack: list[tuple[tuple[str, ...], int]] = [((), 0)]
    while stack:
        path, start = stack.pop()
        if path:
            own_ns, count, errors = found[path]
            out.append(
                Frame(
                    depth=len(path) - 1, path=list(path), service_name=named[path].service_name,
                    span_name=named[path].span_name, start_ns=start, total_ns=total[path], self_ns=own_ns,
                    spans=count, errors=errors,
                )
            )  # fmt: skip
        # The widest stands left; equal ones by name, so that the same traces always give the same drawing.
        ordered = sorted(below.get(path, []), key=lambda one: (-total[one], one))
        places = []
        for one in ordered:
            places.append((one, start))
            start += total[one]
        stack += reversed(places)
    return out


def _families(spans: Sequence[Span]) -> tuple[list[Span], dict[int, list[Span]]]:
    """Return the spans without a parent here, and the children of each span by its row."""
    by_id: dict[str, Span] = {}
    for one in spans:
        by_id.setdefault(one.span_id, one)
    children: dict[int, list[Span]] = {}
    roots = []
    for one in sorted(spans, key=lambda span: (span.start_time_unix_nano, -span.duration_ns, span.row_id)):
        parent = by_id.get(one.parent_span_id) if one.parent_span_id else None
        if parent is None or parent.row_id == one.row_id or _is_above(one, parent, by_id):
            roots.append(one)
        else:
            children.setdefault(parent.row_id, []).append(one)
    return roots, children


def _is_above(one: Span, parent: Span, by_id: dict[str, Span]) -> bool:
    """Tell whether a span would be its own ancestor: broken telemetry must not make an endless tree."""
    seen = {one.row_id}
    above: Span | None = parent
    while above is not None:
        if above.row_id == one.row_id:
            return True
        if above.row_id in seen:
            # A circle further up; whoever is part of it is found from there.
            return False
        seen.add(above.row_id)
        above = by_id.get(above.parent_span_id) if above.parent_span_id else None
    return False


def _self_ns(one: Span, children: Sequence[Span]) -> int:
    covered, reached = 0, one.start_time_unix_nano
    for child in children:
        low = max(child.start_time_unix_nano, reached)
        high = min(child.end_time_unix_nano, one.end_time_unix_nano)
        if high > low:
            covered += high - low
            reached = high
    return max(one.duration_ns - covered, 0)
