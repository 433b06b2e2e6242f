"""Draws rows of a statement: which columns can be an axis, and lines, bars or points of two of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from bokeh.models import ColumnDataSource, DatetimeTickFormatter, FactorRange, HoverTool
from bokeh.plotting import figure

from workbench.faces.panel.explore.figures import palette, short_numbers, style

KINDS = ("Bars", "Line", "Points")
MOST_BARS = 60
_NUMBERS = ("BIGINT", "INTEGER", "DOUBLE", "FLOAT", "HUGEINT", "UBIGINT", "SMALLINT", "TINYINT", "UINTEGER", "DECIMAL")
_EARLIEST = 300_000_000 * 10**9


def choices(found: Any) -> tuple[list[str], list[str]]:
    """Return the columns that can stand on the x axis, and those that can on the y axis."""
    numbers = [one.name for one in found.columns if one.type.split("(")[0] in _NUMBERS]
    return [one.name for one in found.columns], numbers


def result_figure(found: Any, x: str, y: str, kind: str, dark: bool) -> Any:
    """Return a figure of two columns; times in nanoseconds are shown as times, text as names."""
    colours = palette(dark)
    places = {one.name: place for place, one in enumerate(found.columns)}
    rows = [row for row in found.rows if row[places[y]] is not None]
    values = [_number(row[places[y]]) for row in rows]
    raw = [row[places[x]] for row in rows]
    is_number = bool(raw) and all(isinstance(one, int | float) and not isinstance(one, bool) for one in raw)
    is_time = is_number and x.endswith("unix_nano") and min(raw) > _EARLIEST
    more: dict[str, Any] = {}
    axis: list[Any]
    if is_time:
        axis, more = [one / 1e6 for one in raw], {"x_axis_type": "datetime"}
    elif is_number and kind != "Bars":
        axis = raw
    else:
        # Equal names would fall onto each other; only the first of them is drawn.
        seen = dict(zip((str(one)[:40] for one in raw), values, strict=True))
        cut = list(seen.items())[:MOST_BARS]
        axis, values = [name for name, _ in cut], [value for _, value in cut]
        more = {"x_range": FactorRange(*axis)}
    plot = figure(
        height=280, sizing_mode="stretch_width", tools="xpan,xwheel_zoom,reset", toolbar_location="right", **more
    )
    plot.toolbar.logo = None
    plot.toolbar.autohide = True
    source = ColumnDataSource({"x": axis, "y": values, "name": [str(one) for one in axis]})
    if kind == "Line":
        order = sorted(range(len(axis)), key=lambda place: axis[place]) if is_number else list(range(len(axis)))
        source.data = {name: [column[place] for place in order] for name, column in source.data.items()}
        drawn = plot.line("x", "y", source=source, line_width=1.8, line_color=colours["s0"])
    elif kind == "Points":
        drawn = plot.scatter(
            "x", "y", source=source, size=6, line_color=None, fill_color=colours["s0"], fill_alpha=0.75
        )
    else:
        gaps = [after - before for before, after in pairwise(sorted(axis))] if is_time else []
        width = 0.85 * min((gap for gap in gaps if gap > 0), default=1.0) if is_time else 0.8
        drawn = plot.vbar("x", top="y", width=width, source=source, line_color=None, fill_color=colours["s0"])
        plot.y_range.start = min([0.0, *values])
    style(plot, colours)
    if is_time:
        plot.xaxis.formatter = DatetimeTickFormatter(hours="%H:%M", hourmin="%H:%M", minutes="%H:%M", days="%d %b")
    elif "x_range" in more:
        plot.xaxis.major_label_orientation = 0.6 if len(axis) > 8 else 0
    plot.yaxis.formatter = short_numbers()
    shown = "@x{%F %T}" if is_time else "@name"
    formats = {"@x": "datetime"} if is_time else {}
    plot.add_tools(HoverTool(renderers=[drawn], tooltips=[(x, shown), (y, "@y{0,0.[0000]}")], formatters=formats))
    return plot


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
