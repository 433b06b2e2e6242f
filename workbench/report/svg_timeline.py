"""Draws one chart over time, with the onset and the changes marked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workbench.report.content import Chart, Line, Mark
from workbench.report.svg import cut, frame, round_ticks, short_number, text, time_ticks
from workbench.report.words import clock, date_time, quantity
from workbench.semconv import NANOS_PER_SECOND

WIDTH, HEIGHT = 580.0, 190.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 10.0, 20.0, 22.0
_LABEL_GAP = 44.0
"""Room that one label takes, in units of the drawing."""


class _Scale:
    def __init__(self, chart: Chart, high: float) -> None:
        self.start = chart.times_unix_nano[0]
        self.end = max(chart.times_unix_nano[-1] + int(chart.bucket_s * NANOS_PER_SECOND), self.start + 1)
        self.high = high

    def x(self, time: int) -> float:
        return _LEFT + (time - self.start) / (self.end - self.start) * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - value / self.high * (HEIGHT - _TOP - _BOTTOM)


def draw_timeline(chart: Chart, marks: Sequence[Mark]) -> str:
    """Return the chart as SVG text; values show on hover."""
    values = [value for line in chart.lines for value in line.values if value is not None]
    ticks = round_ticks(max(values, default=1.0))
    scale = _Scale(chart, ticks[-1])
    half = int(chart.bucket_s * NANOS_PER_SECOND / 2)
    parts = [_grid(scale, ticks)]
    inside = [mark for mark in marks if scale.start <= mark.time_unix_nano <= scale.end]
    onset = next((mark for mark in inside if mark.kind == "onset"), None)
    if onset:
        left = scale.x(onset.time_unix_nano)
        parts.append(
            f'<rect class="after" x="{left:.1f}" y="{_TOP}" width="{WIDTH - _RIGHT - left:.1f}" '
            f'height="{HEIGHT - _TOP - _BOTTOM}"/>'
        )
    parts += [_path(line, chart, scale, number, half) for number, line in reversed(list(enumerate(chart.lines)))]
    parts += _marks(inside, scale)
    parts.append(_hover(chart, scale))
    label = f"{chart.title} ({chart.unit or 'number'}) by {', '.join(line.name for line in chart.lines)}"
    return frame(WIDTH, HEIGHT, label, "".join(parts), "timeline")


def line_class(line: Line, number: int) -> str:
    """Return the style of a line; the cause has its own."""
    return "cause" if line.cause else f"s{number}"


def _grid(scale: _Scale, ticks: list[float]) -> str:
    parts = []
    for tick in ticks:
        y = scale.y(tick)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(text(_LEFT - 6, y + 4, short_number(tick), "tick", "end"))
    for time in time_ticks(scale.start, scale.end, 7):
        x = scale.x(time)
        label = clock(time)
        parts.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - _BOTTOM}" y2="{HEIGHT - _BOTTOM + 4}"/>'
        )
        anchor = "middle" if x < WIDTH - 30 else "end"
        parts.append(text(x, HEIGHT - 6, label[:5] if label.endswith("00") else label, "tick", anchor))
    return "".join(parts)


def _path(line: Line, chart: Chart, scale: _Scale, number: int, half: int) -> str:
    """Return the line with gaps where nothing was measured; a value with a gap on both sides is a dot."""
    css = line_class(line, number)
    runs: list[list[tuple[float, float]]] = [[]]
    for time, value in zip(chart.times_unix_nano, line.values, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((scale.x(time + half), scale.y(value)))
    drawn = ""
    for run in runs:
        if len(run) == 1:
            drawn += f'<circle class="dot {css}" cx="{run[0][0]:.1f}" cy="{run[0][1]:.1f}" r="1.6"/>'
        elif run:
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
            drawn += f'<polyline class="line {css}" points="{points}"/>'
    return drawn


def _marks(marks: Sequence[Mark], scale: _Scale) -> list[str]:
    parts = []
    taken: list[tuple[float, str]] = []
    # The onset is labelled first: it is the one that must be readable.
    for mark in sorted(marks, key=lambda mark: mark.kind != "onset"):
        x = scale.x(mark.time_unix_nano)
        hint = f"{date_time(mark.time_unix_nano)}: {mark.label}"
        parts.append(
            f'<g class="mark {"onset" if mark.kind == "onset" else "change"}">'
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4}" y2="{HEIGHT - _BOTTOM}"/>'
            f"<title>{escape(hint)}</title></g>"
        )
        word = mark.kind if mark.kind in ("onset", "note") else "change"
        at = _label_place(x, [place for place, _ in taken])
        # One word for several marks that stand close together.
        if at is not None and all(abs(at - place) >= 3 * _LABEL_GAP for place, other in taken if other == word):
            taken.append((at, word))
            parts.append(
                text(at, _TOP - 8, word, f"marklabel {'onset' if word == 'onset' else 'change'}", "middle", hint)
            )
    return parts


def _label_place(x: float, taken: Sequence[float]) -> float | None:
    """Return where a label's middle may stand near its line without covering another, or None."""
    for shift in (0.0, -_LABEL_GAP / 2, _LABEL_GAP / 2, -_LABEL_GAP, _LABEL_GAP):
        at = x + shift
        if _LEFT <= at <= WIDTH - 22 and all(abs(at - other) >= _LABEL_GAP for other in taken):
            return at
    return None


def _hover(chart: Chart, scale: _Scale) -> str:
    parts = []
    width = (WIDTH - _LEFT - _RIGHT) / max(1, (scale.end - scale.start) / (chart.bucket_s * NANOS_PER_SECOND))
    for place, time in enumerate(chart.times_unix_nano):
        said = [
            f"{cut(line.name, 40)}: {quantity(value, chart.unit)}"
            for line in chart.lines
            if (value := line.values[place]) is not None
        ]
        hint = escape("\n".join([date_time(time), *said]))
        parts.append(
            f'<rect class="hit" x="{scale.x(time):.1f}" y="{_TOP}" width="{width:.1f}" '
            f'height="{HEIGHT - _TOP - _BOTTOM:.0f}"><title>{hint}</title></rect>'
        )
    return "".join(parts)
