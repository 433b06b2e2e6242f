"""Draws a report's charts with Bokeh: zoom, pan and hover, the onset and the changes marked, in both themes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from bokeh.models import BoxAnnotation, ColumnDataSource, DatetimeTickFormatter, HoverTool, Label, Legend, Range1d, Span
from bokeh.plotting import figure

from workbench.faces.panel.explore.figures import short_numbers
from workbench.faces.panel.look import BAD, DARK, LIGHT, SERIES, WARN
from workbench.report.content import Chart, Mark
from workbench.semconv import NANOS_PER_SECOND

HEIGHT = 215
LABEL_SHARE = 0.14
"""Labels of changes need so much of the width to themselves."""
LINE_HEIGHT = 13
_FONT = "system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif"


class Charts:
    """The figures of one report in one theme; they share the axis of time."""

    def __init__(
        self, charts: Sequence[Chart], marks: Sequence[Mark], *, dark: bool, like: Charts | None = None
    ) -> None:
        """Make the figures; with `like`, they show the stretch of time that those figures show."""
        starts = [chart.times_unix_nano[0] for chart in charts]
        ends = [chart.times_unix_nano[-1] + int(chart.bucket_s * NANOS_PER_SECOND) for chart in charts]
        self._range = Range1d(min(starts) / 1e6, max(ends) / 1e6)
        if like is not None:
            self._range.update(start=like._range.start, end=like._range.end)
        theme, base = ("dark", DARK) if dark else ("light", LIGHT)
        self._colours = {"bad": BAD[theme], "warn": WARN[theme], **base}
        self._colours |= {f"s{number}": colour for number, colour in enumerate(SERIES[theme])}
        self.figures = [self._figure(chart, marks) for chart in charts]

    def _figure(self, chart: Chart, marks: Sequence[Mark]) -> Any:
        plot = figure(
            x_axis_type="datetime", x_range=self._range, height=HEIGHT, sizing_mode="stretch_width",
            tools="xpan,xwheel_zoom,xbox_zoom,reset", toolbar_location="right", active_drag="xpan", active_scroll=None,
            min_border_left=52,
        )  # fmt: skip
        times = (np.asarray(chart.times_unix_nano, dtype=np.int64) / 1e6) + chart.bucket_s * 500
        lines = []
        items: list[tuple[str, list[Any]]] = []
        # The first line is the one that matters, so it is drawn last, on top of the others.
        for number, line in reversed(list(enumerate(chart.lines))):
            values = np.asarray([np.nan if value is None else value for value in line.values], dtype=float)
            source = ColumnDataSource({"time": times, "value": values, "name": [line.name] * len(times)})
            colour = self._colours["bad" if line.cause else f"s{number}"]
            drawn = [
                plot.line("time", "value", source=source, line_width=2.6 if line.cause else 1.7, line_color=colour)
            ]
            alone = _alone(values)
            if alone.any():
                drawn.append(plot.scatter(times[alone], values[alone], size=4, line_color=None, fill_color=colour))
            lines.append(drawn[0])
            items.append((line.name, drawn))
        plot.add_layout(Legend(items=items[::-1]))
        highest = max((value for line in chart.lines for value in line.values if value is not None), default=1.0)
        plot.y_range = Range1d(0, (highest or 1.0) * 1.34)
        plot.add_tools(
            HoverTool(
                renderers=lines, mode="mouse", line_policy="nearest",
                tooltips=[("", "@name"), ("time", "@time{%H:%M:%S} UTC"), (chart.unit or "value", "@value{0,0.[000]}")],
                formatters={"@time": "datetime"},
            )
        )  # fmt: skip
        self._mark(plot, marks)
        self._style(plot)
        return plot

    def _mark(self, plot: Any, marks: Sequence[Mark]) -> None:
        labelled: list[float] = []
        least = LABEL_SHARE * (self._range.end - self._range.start)
        began = next((mark.time_unix_nano / 1e6 for mark in marks if mark.kind == "onset"), np.inf)
        for mark in marks:
            onset = mark.kind == "onset"
            colour = self._colours["bad" if onset else "warn"]
            at = mark.time_unix_nano / 1e6
            line = Span(
                location=at, dimension="height", line_width=1.6, line_dash="dashed" if onset else "dotted",
                line_color=colour, level="underlay",
            )  # fmt: skip
            # To the right of the onset stands its own word.
            lower = LINE_HEIGHT if not onset and 0 <= at - began < least else 0
            label = Label(
                x=at, y=HEIGHT - 66 - lower, y_units="screen", x_offset=4 if onset else -4,
                text=mark.kind if mark.kind in ("onset", "note") else "change", text_align="left" if onset else "right",
                text_font_size="11px", text_font=_FONT, text_font_style="bold", text_color=colour,
            )  # fmt: skip
            plot.add_layout(line)
            # One word for several changes that stand close together.
            if onset or all(abs(at - other) >= least for other in labelled):
                plot.add_layout(label)
                labelled += [] if onset else [at]
            if onset:
                after = BoxAnnotation(left=at, fill_color=colour, fill_alpha=0.06, line_color=None, level="underlay")
                plot.add_layout(after)

    def _style(self, plot: Any) -> None:
        colours = self._colours
        plot.toolbar.logo = None
        plot.toolbar.autohide = True
        plot.update(outline_line_color=None, background_fill_color=colours["card"], border_fill_color=colours["card"])
        plot.xaxis.formatter = DatetimeTickFormatter(
            seconds="%H:%M:%S", minsec="%H:%M:%S", minutes="%H:%M", hourmin="%H:%M", hours="%H:%M", days="%d %b"
        )
        plot.yaxis.formatter = short_numbers()
        plot.xgrid.grid_line_color = None
        plot.ygrid.grid_line_color = colours["line"]
        for legend in plot.legend:
            legend.update(
                location="top_left", orientation="horizontal", click_policy="hide", border_line_color=None,
                background_fill_alpha=0.75, background_fill_color=colours["card"], label_text_color=colours["ink"],
                label_text_font_size="11.5px", label_text_font=_FONT, padding=2, margin=2, spacing=10, glyph_width=14,
                label_standoff=4,
            )  # fmt: skip
        for axis in plot.axis:
            axis.update(
                minor_tick_line_color=None, major_label_text_font_size="11px", major_label_text_font=_FONT,
                axis_line_color=colours["line"], major_tick_line_color=colours["line"],
                major_label_text_color=colours["muted"],
            )  # fmt: skip


def _alone(values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which values have no neighbour: a line cannot show them."""
    there = np.isfinite(values)
    before = np.concatenate([[False], there[:-1]])
    after = np.concatenate([there[1:], [False]])
    found: np.ndarray[Any, np.dtype[np.bool_]] = there & ~before & ~after
    return found
