"""Draws who calls whom with Bokeh: layers from left to right, failing calls in red, wide lines for much traffic."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from bokeh.core.properties import value
from bokeh.models import Arrow, ColumnDataSource, HoverTool, NormalHead, Range1d, TapTool
from bokeh.plotting import figure

from workbench.faces.panel.explore.figures import FONT, palette

ROW_PX = 58
_HALF_WIDTH, _HALF_HEIGHT = 0.34, 0.3
_BAD_SHARE = 0.05
_STATES = {"bad": "bad", "watch": "warn", "good": "s1", "quiet": "muted"}
_LETTERS = 20


def service_figure(drawn: Any, dark: bool, on_tap: Callable[[str], None]) -> Any:
    """Return the map of a `ServiceMap`; a click on a service tells its name."""
    colours = palette(dark)
    columns = max(node.column for node in drawn.nodes) + 1
    rows = max(node.row for node in drawn.nodes) + 1
    plot = figure(
        height=int(min(max(rows, 2) * ROW_PX + 30, 1400)), sizing_mode="stretch_width", tools="", toolbar_location=None,
        x_range=Range1d(-0.5, max(columns, 3) - 0.5), y_range=Range1d(rows - 0.4, -0.6), min_border=4,
    )  # fmt: skip
    plot.update(outline_line_color=None, background_fill_color=colours["card"], border_fill_color=colours["card"])
    plot.axis.visible = plot.grid.visible = False
    places = {node.service_name: node for node in drawn.nodes}
    _calls(plot, drawn, places, colours)
    nodes = ColumnDataSource(
        {
            "x": [node.column for node in drawn.nodes], "y": [node.row for node in drawn.nodes],
            "name": [node.service_name for node in drawn.nodes],
            "label": [_short(node.service_name) for node in drawn.nodes],
            "note": [_note(node) for node in drawn.nodes],
            "colour": [colours[_STATES[node.health]] for node in drawn.nodes],
            "health": [node.health for node in drawn.nodes],
        }
    )  # fmt: skip
    boxes = plot.rect(
        "x", "y", 2 * _HALF_WIDTH, 2 * _HALF_HEIGHT, source=nodes, fill_color=colours["card"], line_color="colour",
        line_width=2, border_radius=7, nonselection_fill_alpha=1, nonselection_line_alpha=1,
        hover_fill_color=colours["ground"],
    )  # fmt: skip
    words = {"source": nodes, "text_align": "center", "text_font": value(FONT), "nonselection_text_alpha": 1}
    plot.text(
        "x", "y", "label", y_offset=-1, text_baseline="bottom", text_font_size="12.5px", text_font_style="bold",
        text_color=colours["ink"], **words,
    )  # fmt: skip
    plot.text(
        "x", "y", "note", y_offset=2, text_baseline="top", text_font_size="11px", text_color=colours["muted"], **words
    )
    plot.add_tools(
        HoverTool(renderers=[boxes], tooltips=[("", "@name"), ("now", "@note"), ("health", "@health")]),
        TapTool(renderers=[boxes]),
    )

    def tapped(_: str, __: Any, chosen: list[int]) -> None:
        if chosen:
            on_tap(str(nodes.data["name"][chosen[0]]))

    nodes.selected.on_change("indices", tapped)
    return plot


def _calls(plot: Any, drawn: Any, places: dict[str, Any], colours: dict[str, str]) -> None:
    busiest = max((call.per_s for call in drawn.calls), default=0.0) or 1.0
    middle: dict[str, list[Any]] = {name: [] for name in ("x", "y", "what", "rate", "share", "slow")}
    for call in drawn.calls:
        a, b = places[call.caller], places[call.callee]
        forward = b.column > a.column
        x0 = a.column + (_HALF_WIDTH if forward else -_HALF_WIDTH)
        x1 = b.column - (_HALF_WIDTH if forward else -_HALF_WIDTH)
        if a.column == b.column:
            x0 = x1 = a.column + _HALF_WIDTH
        share = call.errors / call.calls if call.calls else 0.0
        colour = colours["bad"] if share >= _BAD_SHARE else colours["s3"]
        width = 1.0 + 2.5 * math.sqrt(call.per_s / busiest)
        plot.add_layout(
            Arrow(
                x_start=x0, y_start=a.row, x_end=x1, y_end=b.row, line_color=colour, line_width=width, line_alpha=0.75,
                line_dash="solid" if call.calls else "dashed",
                end=NormalHead(size=7, fill_color=colour, line_color=colour), level="underlay",
            )
        )  # fmt: skip
        values = ((x0 + x1) / 2, (a.row + b.row) / 2, f"{call.caller} → {call.callee}", f"{call.per_s:,.2f}",
                  f"{100 * share:.1f} %", "–" if call.p95_ms is None else f"{call.p95_ms:,.0f} ms")  # fmt: skip
        for name, one in zip(middle, values, strict=True):
            middle[name].append(one)
    dots = plot.scatter("x", "y", source=ColumnDataSource(middle), size=14, fill_alpha=0, line_alpha=0)
    plot.add_tools(
        HoverTool(
            renderers=[dots], tooltips=[("", "@what"), ("calls/s", "@rate"), ("failed", "@share"), ("p95", "@slow")]
        )
    )


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"


def _note(node: Any) -> str:
    if not node.requests:
        return "no requests seen"
    failed = "" if not node.error_share else f", {100 * node.error_share:.3g} % failed"
    return f"{node.requests:,} requests" if not failed else f"{node.requests:,} req{failed}"
