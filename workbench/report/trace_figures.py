"""Draws spans with Bokeh: one request as a waterfall, many as a flame graph; bars and colours in, a figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.report.colours import contrast
from workbench.report.content import Waterfall
from workbench.report.words import milliseconds

ROW_PX = 22
MOST_ROWS = 1_000
"""Bars beyond are left out; the last row says how many."""
_LABEL_LETTERS = 46
_FONT = "system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif"
_LEAST_LABELLED = 0.045
"""Boxes of a flame graph narrower than this share of the whole carry no text."""
_LETTERS_ACROSS = 120
"""So many letters fit over the whole width of a flame graph."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a span of a waterfall, or a box of a flame graph."""

    depth: int
    service_name: str
    span_name: str
    start_ms: float
    """From the beginning of the trace; in a flame graph, what stands left of it."""
    duration_ms: float
    self_ms: float | None = None
    """Without the time of what it called."""
    error: bool = False
    message: str = ""
    span_id: str = ""
    spans: int = 1
    """How many spans a box of a flame graph stands for."""


def bars_of(waterfall: Waterfall) -> list[Bar]:
    """Return the bars of a report's waterfall."""
    return [
        Bar(one.depth, one.service_name, one.span_name, one.start_ms, one.duration_ms, None, one.error, one.message)
        for one in waterfall.spans
    ]


def waterfall_figure(bars: Sequence[Bar], colours: Mapping[str, str], mark: str = "") -> Any:
    """Return a Bokeh figure with a row for each span; the wheel zooms time, failed spans stand out.

    Args:
        bars: Parents before their children.
        colours: ink, muted, line, card, bad and s0, s1, ... as CSS colours.
        mark: A service whose spans have a dot before their names.
    """
    from bokeh.core.properties import value
    from bokeh.models import ColumnDataSource, FixedTicker, Range1d

    shown = list(bars[:MOST_ROWS])
    end = max((one.start_ms + one.duration_ms for one in shown), default=1.0) or 1.0
    plot = _figure(max(90, ROW_PX * len(shown) + 46), colours)
    plot.y_range = Range1d(len(shown) - 0.4, -0.6)
    plot.x_range = Range1d(0, end * 1.12, bounds=(0, end * 1.12))
    source = ColumnDataSource(_columns(shown, colours, rows=range(len(shown)), least=end / 600))
    drawn = plot.hbar(
        y="y", left="left", right="right", height=0.6, color="colour", border_radius=3, source=source,
        nonselection_alpha=1, hover_line_color=colours["ink"],
    )  # fmt: skip
    plot.text(
        x="right", y="y", text="took", x_offset=5, source=source, text_color="said", text_font=value(_FONT),
        text_font_size="11px", text_baseline="middle", nonselection_alpha=1,
    )  # fmt: skip
    plot.yaxis.ticker = FixedTicker(ticks=list(range(len(shown))))
    # Labels of an axis end at it. Padded letters of one width begin below each other, so that the depth can be seen.
    labels = [_label(one, mark) for one in shown]
    widest = max((len(label) for label in labels), default=0)
    padded = (label.ljust(widest, "\u00a0") for label in labels)
    plot.yaxis.major_label_overrides = dict(enumerate(padded))
    plot.yaxis.major_label_text_font = "ui-monospace, 'Liberation Mono', Menlo, Consolas, monospace"
    plot.yaxis.major_label_text_color = colours["ink"]
    plot.yaxis.update(major_tick_line_color=None, axis_line_color=None)
    plot.xaxis.axis_label = "ms"
    if len(bars) > len(shown):
        plot.xaxis.axis_label = f"ms; {len(bars) - len(shown):,} more spans are not drawn"
    _hover(plot, drawn)
    return plot


def flame_figure(bars: Sequence[Bar], colours: Mapping[str, str]) -> Any:
    """Return a Bokeh figure of boxes that stand on what called them; as wide as the time they and theirs took.

    Args:
        bars: As a flame graph's layout gives them.
        colours: As for `waterfall_figure`.
    """
    from bokeh.core.properties import value
    from bokeh.models import ColumnDataSource, Range1d

    shown = list(bars[:MOST_ROWS])
    depth = max((one.depth for one in shown), default=0) + 1
    end = max((one.start_ms + one.duration_ms for one in shown), default=1.0) or 1.0
    plot = _figure(max(90, ROW_PX * depth + 46), colours)
    plot.y_range = Range1d(depth - 0.45, -0.55)
    plot.x_range = Range1d(0, end, bounds=(0, end))
    columns = _columns(shown, colours, rows=[one.depth for one in shown], least=0)
    columns["text"] = [_inside(one, end) for one in shown]
    columns["on"] = [_readable(colour, colours["card"], colours["ink"]) for colour in columns["colour"]]
    source = ColumnDataSource(columns)
    drawn = plot.hbar(
        y="y", left="left", right="right", height=0.92, fill_color="colour", source=source,
        line_color=colours["card"], nonselection_alpha=1, hover_line_color=colours["ink"],
    )  # fmt: skip
    plot.text(
        x="left", y="y", text="text", x_offset=5, source=source, text_color="on",
        text_font=value(_FONT), text_font_size="11px", text_baseline="middle", nonselection_alpha=1,
    )  # fmt: skip
    plot.yaxis.visible = False
    plot.ygrid.visible = False
    plot.xaxis.axis_label = "ms"
    _hover(plot, drawn)
    return plot


def _figure(height: int, colours: Mapping[str, str]) -> Any:
    from bokeh.models import NumeralTickFormatter
    from bokeh.plotting import figure

    plot = figure(
        height=height, sizing_mode="stretch_width", tools="xpan,xwheel_zoom,xbox_zoom,reset,tap",
        toolbar_location="right", active_drag="xpan", active_scroll=None, x_axis_location="above",
    )  # fmt: skip
    plot.toolbar.logo = None
    plot.toolbar.autohide = True
    plot.update(outline_line_color=None, background_fill_color=colours["card"], border_fill_color=colours["card"])
    # Bokeh's own writes 2.000e+5.
    plot.xaxis.formatter = NumeralTickFormatter(format="0,0.[000]")
    plot.ygrid.grid_line_color = None
    plot.xgrid.grid_line_color = colours["line"]
    for axis in plot.axis:
        axis.update(
            minor_tick_line_color=None, major_label_text_font=_FONT, major_label_text_font_size="11.5px",
            axis_line_color=colours["line"], major_tick_line_color=colours["line"], axis_label_text_font=_FONT,
            major_label_text_color=colours["muted"], axis_label_text_color=colours["muted"],
            axis_label_text_font_size="11px", axis_label_text_font_style="normal", axis_label_standoff=2,
        )  # fmt: skip
    return plot


def _columns(shown: Sequence[Bar], colours: Mapping[str, str], *, rows: Sequence[int], least: float) -> dict[str, Any]:
    series = [colours[name] for name in sorted(colours) if name[0] == "s" and name[1:].isdigit()]
    services = list(dict.fromkeys(one.service_name for one in shown))
    own = {name: series[place % len(series)] for place, name in enumerate(services)}
    return {
        "y": list(rows),
        "left": [one.start_ms for one in shown],
        "right": [one.start_ms + max(one.duration_ms, least) for one in shown],
        "colour": [colours["bad"] if one.error else own[one.service_name] for one in shown],
        "said": [colours["bad"] if one.error else colours["muted"] for one in shown],
        "took": [milliseconds(one.duration_ms) + (" ✕" if one.error else "") for one in shown],
        "service": [one.service_name for one in shown],
        "span": [one.span_name for one in shown],
        "from": [milliseconds(one.start_ms) for one in shown],
        "own": ["–" if one.self_ms is None else milliseconds(one.self_ms) for one in shown],
        "count": [one.spans for one in shown],
        "state": [("failed: " + one.message)[:300] if one.error else "" for one in shown],
        "id": [one.span_id for one in shown],
    }


def _hover(plot: Any, drawn: Any) -> None:
    from bokeh.models import HoverTool

    plot.add_tools(
        HoverTool(
            renderers=[drawn],
            tooltips=[("service", "@service"), ("span", "@span"), ("took", "@took"), ("from", "@from"),
                      ("by itself", "@own"), ("spans", "@count"), ("", "@state")],
        )
    )  # fmt: skip


def _label(one: Bar, mark: str) -> str:
    indent = "\u00a0" * 2 * min(one.depth, 12)
    text = f"{indent}{'● ' if mark and one.service_name == mark else ''}{one.service_name}  {one.span_name}"
    return text if len(text) <= _LABEL_LETTERS else text[: _LABEL_LETTERS - 1] + "…"


def _inside(one: Bar, whole: float) -> str:
    share = one.duration_ms / whole
    if share < _LEAST_LABELLED:
        return ""
    text, most = f"{one.service_name}: {one.span_name}", int(share * _LETTERS_ACROSS)
    return text if len(text) <= most else text[: most - 1] + "…"


def _readable(ground: str, *inks: str) -> str:
    """Return the ink that stands out most on a ground, all of them as #rgb or #rrggbb."""
    return max(inks, key=lambda ink: contrast(ground, ink))
