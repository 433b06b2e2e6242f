"""Draws the spans of one request as bars over its time."""

from __future__ import annotations

from html import escape

from workbench.report.content import Waterfall, WaterfallSpan
from workbench.report.svg import cut, frame, round_ticks, short_number, text
from workbench.report.words import milliseconds

WIDTH = 1000.0
_LABELS, _RIGHT, _ROW, _TOP = 350.0, 74.0, 22.0, 24.0
_CHARACTER = 6.3
"""Mean width of a letter of the labels, in units of the drawing."""


def draw_waterfall(waterfall: Waterfall, cause: str) -> str:
    """Return the waterfall as SVG text; spans of the cause and failed spans stand out."""
    height = _TOP + _ROW * len(waterfall.spans) + 6
    total = max(waterfall.duration_ms, 1e-6)
    per_ms = (WIDTH - _LABELS - _RIGHT) / total
    parts = []
    for tick in round_ticks(total, 6):
        x = _LABELS + tick * per_ms
        if x <= WIDTH - _RIGHT + 1:
            parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4}" y2="{height - 4:.0f}"/>')
            parts.append(text(x, 12, f"{short_number(tick)} ms", "tick", "middle"))
    parts += [_bar(span, number, per_ms, cause) for number, span in enumerate(waterfall.spans)]
    label = f"Waterfall of trace {waterfall.trace_id}: {milliseconds(waterfall.duration_ms)}"
    return frame(WIDTH, height, label, "".join(parts), "waterfall")


def _bar(span: WaterfallSpan, number: int, per_ms: float, cause: str) -> str:
    y = _TOP + number * _ROW
    x = _LABELS + span.start_ms * per_ms
    width = max(span.duration_ms * per_ms, 1.5)
    indent = 4 + min(span.depth, 14) * 11
    most = int((_LABELS - indent - 10) / _CHARACTER)
    service = cut(span.service_name, most)
    rest = cut(span.span_name, most - len(service) - 2) if most - len(service) > 5 else ""
    css = "bar" + (" error" if span.error else "") + (" cause" if span.service_name == cause else "")
    hint = f"{span.service_name} {span.span_name}\n{milliseconds(span.duration_ms)} from {milliseconds(span.start_ms)}"
    if span.error:
        hint += "\nfailed" + (f": {cut(span.message, 300)}" if span.message else "")
    inside = x + width + 64 > WIDTH
    words = milliseconds(span.duration_ms) + (" ✕" if span.error else "")
    return (
        f'<g class="{css}" data-key="{escape(span.service_name)}"><title>{escape(hint)}</title>'
        f'<rect class="hit" x="0" y="{y:.1f}" width="{WIDTH}" height="{_ROW}"/>'
        f'<text x="{indent}" y="{y + 15:.1f}" class="name">{escape(service)}'
        f'<tspan class="fact" dx="6">{escape(rest)}</tspan></text>'
        f'<rect class="span" x="{x:.1f}" y="{y + 4:.1f}" width="{width:.1f}" height="{_ROW - 9}" rx="3"/>'
        + text(
            x + width - 6 if inside else x + width + 6,
            y + 15,
            words,
            "inside" if inside else "took",
            "end" if inside else "start",
        )
        + "</g>"
    )
