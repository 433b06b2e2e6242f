"""Figures of the pages for looking around: bars over time, lines with bands, and the style that all of them have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from bokeh.events import SelectionGeometry, Tap
from bokeh.models import (
    BoxSelectTool,
    ColumnDataSource,
    CustomJSTickFormatter,
    DatetimeTickFormatter,
    HoverTool,
    NumeralTickFormatter,
    Range1d,
)
from bokeh.plotting import figure

from workbench.faces.panel.look import SERIES, WARN
from workbench.faces.panel.waterfall import colours_of

FONT = "system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif"
_LEVELS = {
    "none": "line",
    "trace": "edge",
    "debug": "edge",
    "info": "s0",
    "warn": "warn",
    "error": "bad",
    "fatal": "bad",
}
_SECOND_ROUND = "dotdash"
"""How lines are drawn that have the colour of an earlier one."""
_SHORT = """
const size = Math.abs(tick);
const [unit, by] = size >= 1e9 ? ["G", 1e9] : size >= 1e6 ? ["M", 1e6] : size >= 1e3 ? ["k", 1e3] : ["", 1];
return (tick / by).toLocaleString("en", {maximumFractionDigits: size < 1 ? 6 : 3}) + unit;
"""
Zoom = Callable[[int, int], None]
"""Told the first and the last nanosecond that a person has marked."""


def short_numbers() -> CustomJSTickFormatter:
    """Return a formatter of axes that writes 800M and 1.5G; Bokeh's own writes 800m, which reads as thousandths."""
    return CustomJSTickFormatter(code=_SHORT)


def palette(dark: bool) -> dict[str, str]:
    """Return the colours of a theme by name."""
    return colours_of(dark) | {"warn": WARN["dark" if dark else "light"]}


def time_figure(start: int, end: int, dark: bool, height: int, on_zoom: Zoom | None = None) -> Any:
    """Return an empty figure over a stretch of time; marking a part of it with the mouse zooms."""
    plot = figure(
        x_axis_type="datetime", x_range=Range1d(start / 1e6, end / 1e6), height=height, sizing_mode="stretch_width",
        tools="", toolbar_location=None, min_border_left=52, min_border_right=8,
    )  # fmt: skip
    if on_zoom is not None:
        mark = BoxSelectTool(dimensions="width")
        plot.add_tools(mark)
        plot.toolbar.active_drag = mark

        def marked(event: Any) -> None:
            if event.final and event.geometry.get("type") == "rect":
                low, high = event.geometry["x0"], event.geometry["x1"]
                if high > low:
                    on_zoom(max(int(low * 1e6), 0), int(high * 1e6))

        plot.on_event(SelectionGeometry, marked)
    plot.xaxis.formatter = DatetimeTickFormatter(
        microseconds="%H:%M:%S.%3N", milliseconds="%H:%M:%S.%3N", seconds="%H:%M:%S", minsec="%H:%M:%S",
        minutes="%H:%M", hourmin="%H:%M", hours="%H:%M", days="%d %b", months="%b %Y",
    )  # fmt: skip
    style(plot, palette(dark))
    return plot


def level_bars(
    levels: Mapping[str, Sequence[int]], start: int, step: int, dark: bool, on_zoom: Zoom, height: int = 150
) -> Any:
    """Return lines per bucket, stacked by level; a click on a bar zooms into it."""
    colours = palette(dark)
    size = max((len(counts) for counts in levels.values()), default=1)
    plot = time_figure(start, start + size * step, dark, height, on_zoom)
    below = [0] * size
    for level, counts in levels.items():
        top = [low + count for low, count in zip(below, counts, strict=True)]
        source = ColumnDataSource(
            {
                "left": [(start + place * step) / 1e6 for place in range(size)],
                "right": [(start + (place + 0.92) * step) / 1e6 for place in range(size)],
                "bottom": list(below), "top": top, "count": list(counts), "level": [level] * size,
            }
        )  # fmt: skip
        drawn = plot.quad(
            "left", "right", "top", "bottom", source=source, line_color=None, fill_color=colours[_LEVELS[level]],
            fill_alpha=0.95 if level != "fatal" else 0.7, nonselection_fill_alpha=0.95,
        )  # fmt: skip
        plot.add_tools(
            HoverTool(
                renderers=[drawn], tooltips=[("@level", "@count{0,0}"), ("from", "@left{%d %b %H:%M:%S} UTC")],
                formatters={"@left": "datetime"},
            )
        )  # fmt: skip
        below = top
    plot.y_range = Range1d(0, max([1, *below]) * 1.06)
    plot.yaxis.formatter = NumeralTickFormatter(format="0,0")
    plot.on_event(Tap, _tapper(start, step, size, on_zoom))
    return plot


def _tapper(start: int, step: int, size: int, on_zoom: Zoom) -> Callable[[Any], None]:
    def tapped(event: Any) -> None:
        place = int((event.x * 1e6 - start) // step)
        # What is as narrow as it can be is not zoomed any further.
        if 0 <= place < size and size > 1:
            on_zoom(start + place * step, start + (place + 1) * step)

    return tapped


def band_lines(
    plot: Any, series: Sequence[Any], earlier: Sequence[Any], dark: bool, unit: str, step: int
) -> list[tuple[str, str, bool]]:
    """Draw the mean of each series as a line, lowest to highest as a band, the earlier ones dashed.

    Returns:
        (name, CSS colour, whether its line is broken) of each series, for a legend outside of the figure.
    """
    named = SERIES["dark" if dark else "light"]
    legend: list[tuple[str, str, bool]] = []
    before = {one.name: one for one in earlier}
    lines, highest, lowest = [], [], []
    for place, one in enumerate(series):
        colour = named[place % len(named)]
        columns = _columns(one, step)
        source = ColumnDataSource(columns)
        again = place >= len(named)
        plot.patches("xs", "ys", source=_bands(columns), fill_color=colour, fill_alpha=0.14, line_color=None)
        dash = _SECOND_ROUND if again else "solid"
        lines.append(plot.line("time", "mean", source=source, line_color=colour, line_width=1.7, line_dash=dash))
        if len(one.mean) < 3:
            plot.scatter("time", "mean", source=source, size=5, line_color=None, fill_color=colour)
        if one.name in before:
            past = ColumnDataSource(_columns(before[one.name], step))
            plot.line("time", "mean", source=past, line_color=colour, line_width=1.3, line_dash="4 4", line_alpha=0.8)
            highest.append(max(before[one.name].high, default=0.0))
            lowest.append(min(before[one.name].low, default=0.0))
        highest.append(max(one.high, default=0.0))
        lowest.append(min(one.low, default=0.0))
        legend.append((one.name, colour, again))
    low, high = min([0.0, *lowest]), max([0.0, *highest])
    room = (high - low) * 0.08 or 1.0
    plot.y_range = Range1d(low - (room if low < 0 else 0), high + room)
    plot.yaxis.formatter = short_numbers()
    plot.add_tools(
        HoverTool(
            renderers=lines, mode="mouse", line_policy="nearest", formatters={"@time": "datetime"},
            tooltips=[("", "@name"), ("time", "@time{%d %b %H:%M:%S} UTC"), ("mean", f"@mean{{0,0.[0000]}} {unit}"),
                      ("lowest", "@low{0,0.[0000]}"), ("highest", "@high{0,0.[0000]}"), ("points", "@points{0,0}")],
        )
    )  # fmt: skip
    return legend


def _columns(one: Any, step: int) -> dict[str, Any]:
    """Return the columns of one series, with a gap where there are no points."""
    out: dict[str, list[Any]] = {name: [] for name in ("time", "low", "high", "mean", "points", "name")}
    last: int | None = None
    rows = zip(one.times_unix_nano, one.low, one.high, one.mean, one.points, strict=True)
    # A gap is a silence of several buckets: points may come more seldom than buckets.
    usual = _usual_gap(one.times_unix_nano) or step
    for at, low, high, mean, points in rows:
        if last is not None and at - last > 3 * max(usual, step):
            for name in ("low", "high", "mean"):
                out[name].append(float("nan"))
            out["time"].append((last + step) / 1e6)
            out["points"].append(0)
            out["name"].append(one.name)
        for name, value in zip(out, (at / 1e6, low, high, mean, points, one.name), strict=True):
            out[name].append(value)
        last = at
    return out


def _bands(columns: Mapping[str, Sequence[Any]]) -> ColumnDataSource:
    """Return a shape from lowest to highest for each stretch without a gap; one shape alone would bridge the gaps."""
    rows = zip(columns["time"], columns["low"], columns["high"], strict=True)
    stretches = [list(part) for there, part in groupby(rows, key=lambda row: row[1] == row[1]) if there]
    return ColumnDataSource(
        {
            "xs": [[at for at, _, _ in part] + [at for at, _, _ in reversed(part)] for part in stretches],
            "ys": [[low for _, low, _ in part] + [high for _, _, high in reversed(part)] for part in stretches],
        }
    )


def _usual_gap(times: Sequence[int]) -> int:
    gaps = sorted(after - before for before, after in pairwise(times))
    return gaps[len(gaps) // 2] if gaps else 0


def style(plot: Any, colours: Mapping[str, str]) -> None:
    """Give a figure the colours and letters of the app."""
    plot.update(outline_line_color=None, background_fill_color=colours["card"], border_fill_color=colours["card"])
    plot.xgrid.grid_line_color = None
    plot.ygrid.grid_line_color = colours["line"]
    plot.yaxis.ticker.desired_num_ticks = 4
    for axis in plot.axis:
        axis.update(
            minor_tick_line_color=None, major_label_text_font=FONT, major_label_text_font_size="11px",
            axis_line_color=colours["line"], major_tick_line_color=colours["line"],
            major_label_text_color=colours["muted"],
        )  # fmt: skip
