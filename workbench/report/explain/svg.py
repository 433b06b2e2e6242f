"""Draws the series that moved below each other, in the order in which they moved, over one axis of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from workbench.report.explain.content import Strip
from workbench.report.explain.strips import said
from workbench.report.svg import cut, frame, text, time_ticks
from workbench.report.words import clock, offset, quantity
from workbench.semconv import NANOS_PER_SECOND

WIDTH = 1120.0
_LABEL, _VALUES = 330.0, 170.0
_ROW, _DRAWN, _TOP, _BOTTOM = 40.0, 30.0, 18.0, 22.0


def draw_strips(strips: Sequence[Strip], onset: int | None) -> str:
    """Return the small multiples as SVG text; '' when nothing moved. The onset runs through all of them."""
    drawn = [one for one in strips if one.times_unix_nano]
    if not drawn:
        return ""
    start = min(one.times_unix_nano[0] for one in drawn)
    end = max(max(one.times_unix_nano[-1] for one in drawn), start + NANOS_PER_SECOND)
    height = _TOP + _ROW * len(drawn) + _BOTTOM

    def x(time: int) -> float:
        return _LABEL + (time - start) / (end - start) * (WIDTH - _LABEL - _VALUES)

    parts = []
    for time in time_ticks(start, end, 7):
        parts.append(f'<line class="grid" x1="{x(time):.1f}" x2="{x(time):.1f}" y1="{_TOP}" y2="{height - _BOTTOM}"/>')
        parts.append(text(x(time), height - 6, clock(time)[:5], "tick", "middle"))
    if onset is not None and start <= onset <= end:
        left = x(onset)
        parts.append(f'<rect class="after" x="{left:.1f}" y="{_TOP}" width="{WIDTH - _VALUES - left:.1f}" '
                     f'height="{_ROW * len(drawn)}"/>')  # fmt: skip
        line = f'<line x1="{left:.1f}" x2="{left:.1f}" y1="{_TOP}" y2="{height - _BOTTOM}"/>'
        parts.append(f'<g class="mark onset">{line}</g>')
        parts.append(text(left, 12, "onset", "marklabel onset", "middle"))
    for number, one in enumerate(drawn):
        parts.append(_row(one, _TOP + _ROW * number, x, onset))
    label = "What moved when: " + "; ".join(f"{clock(one.moved_unix_nano)} {one.service_name}" for one in drawn)
    return frame(WIDTH, height, label, "".join(parts), "timeline strips")


def _row(one: Strip, top: float, x: Callable[[int], float], onset: int | None) -> str:
    there = [value for value in one.values if value is not None]
    low, high = min(there, default=0.0), max(there, default=1.0)
    scale = (high - low) or 1.0

    def y(value: float) -> float:
        return top + 4 + (1 - (value - low) / scale) * _DRAWN

    runs: list[list[str]] = [[]]
    for time, value in zip(one.times_unix_nano, one.values, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{x(time):.1f},{y(value):.1f}")
    css = "cause" if one.cause else "s0"
    lines = "".join(f'<polyline class="line {css}" points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    lines += "".join(
        f'<circle class="dot {css}" cx="{run[0].split(",")[0]}" cy="{run[0].split(",")[1]}" r="1.6"/>'
        for run in runs
        if len(run) == 1
    )
    moved = f'<circle class="dot {css}" cx="{x(one.moved_unix_nano):.1f}" cy="{top + _ROW - 4:.1f}" r="3.2"/>'
    when = f"{clock(one.moved_unix_nano)} {offset(one.moved_unix_nano, onset)}"
    values = f"{quantity(one.healthy, one.unit)} → {quantity(one.peak, one.unit)}"
    whole = f"{one.service_name}: {said(one)}, from {clock(one.moved_unix_nano)} on"
    return (
        f"<g><title>{escape(whole)}</title>{text(0, top + 16, cut(one.service_name, 40), 'name')}"
        f"{text(0, top + 31, cut(one.label, 52), 'fact')}{text(_LABEL - 12, top + 16, when, 'fact', 'end')}"
        f"{lines}{moved}{text(WIDTH - _VALUES + 10, top + 24, cut(values, 30), 'fact')}</g>"
    )
