"""What the cells of a file of spans tell: ids with plain names, outcomes in words of truth, the unit of durations."""

from __future__ import annotations

import statistics
from collections import defaultdict

from workbench.ingest import sql
from workbench.ingest.clock import Clock
from workbench.ingest.profile import NANOS, ColumnRule
from workbench.ingest.shape import Shape, is_number
from workbench.ingest.vocabulary import find, squeeze

_TRUTHS = frozenset({"true", "false"})
_ENOUGH = 10
"""Spans with at least two calls that a sample has to hold before their unit is put in question."""
_MOST = 20_000
"""No parent takes so many times longer than the time to its last call, in the middle of a sample."""


def plain_ids(columns: list[str]) -> dict[str, str]:
    """Return the columns of span and parent where a trace has them as `id` and `pid`; empty elsewhere."""
    squeezed = {squeeze(column): column for column in reversed(columns)}
    parent = next((squeezed[name] for name in ("pid", "parentid", "parent") if name in squeezed), "")
    if not (parent and "id" in squeezed and find("trace_id", columns)) or find("span_id", columns):
        return {}
    return {"span_id": squeezed["id"], "parent_span_id": parent}


def outcome(shape: Shape, found: dict[str, ColumnRule]) -> list[str]:
    """Add the status from a column that says whether a request went well, or failed. Returns what to say."""
    if "status_code" in found:
        return []
    for name in shape.columns:
        word = squeeze(name).removeprefix("is")
        cells = {cell.strip().lower() for cell in shape.cells(name) if cell.strip()}
        if word in ("success", "succeeded", "successful", "error", "failed") and cells and cells <= _TRUTHS:
            found["status_code"] = ColumnRule(column=name, success=word.startswith("succe"))
            return [f"{name!r} tells whether a request went well"]
    return []


def unit_of(shape: Shape, clock: Clock, span: str, parent: str, duration: str, usual: str) -> tuple[str, str]:
    """Return the unit of durations, and what to say when it is not the usual one.

    A call begins before its caller ends. A unit that is too small lets most calls begin afterwards; one that is too
    large lets callers go on a thousand times longer than all their calls took to begin.
    """
    starts = sql.evaluate(clock.expression("x"), shape.cells(clock.column))
    spans = {
        one: (start, float(length))
        for one, start, length in zip(shape.cells(span), starts, shape.cells(duration), strict=True)
        if start is not None and is_number(length) and float(length) > 0
    }
    calls: dict[str, list[int]] = defaultdict(list)
    for one, start in zip(shape.cells(parent), starts, strict=True):
        if one in spans and start is not None and start > spans[one][0]:
            calls[one].append(start)
    ratios = [spans[one][1] / (max(begun) - spans[one][0]) for one, begun in calls.items() if len(begun) > 1]
    if len(ratios) < _ENOUGH:
        return usual, ""
    middle = statistics.median(ratios)
    if 0.5 <= middle * NANOS[usual] <= _MOST:
        return usual, ""
    fitting = next((unit for unit in ("ns", "us", "ms", "s") if 1 <= middle * NANOS[unit] <= _MOST), usual)
    return fitting, f"durations are in {fitting}: with {usual} calls do not fit into their callers" * (fitting != usual)
