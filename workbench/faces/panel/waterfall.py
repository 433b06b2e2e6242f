"""A trace in the app: waterfall or flame graph in the theme that is shown; a click on a span tells its id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import panel as pn

from workbench.faces.panel.look import BAD, DARK, LIGHT, SERIES
from workbench.report.trace_figures import Bar, flame_figure, waterfall_figure

Kind = Literal["waterfall", "flame"]


def colours_of(dark: bool) -> dict[str, str]:
    """Return the colours of a theme by the names that drawings use."""
    theme, base = ("dark", DARK) if dark else ("light", LIGHT)
    return {"bad": BAD[theme], **base, **{f"s{number}": colour for number, colour in enumerate(SERIES[theme])}}


def trace_pane(
    bars: Sequence[Bar],
    *,
    dark: bool,
    kind: Kind = "waterfall",
    mark: str = "",
    on_tap: Callable[[str], None] | None = None,
) -> pn.pane.Bokeh:
    """Return a pane that draws bars.

    Args:
        bars: What is drawn, parents before their children.
        dark: Whether the dark theme is shown.
        kind: A row for each span, or boxes on what called them.
        mark: A service whose spans are marked in a waterfall.
        on_tap: Told the `span_id` of a bar that is clicked.
    """
    colours = colours_of(dark)
    plot: Any = waterfall_figure(bars, colours, mark) if kind == "waterfall" else flame_figure(bars, colours)
    if on_tap is not None:
        source = plot.renderers[0].data_source

        def tapped(_: str, __: Any, places: list[int]) -> None:
            if places:
                on_tap(str(source.data["id"][places[0]]))

        source.selected.on_change("indices", tapped)
    return pn.pane.Bokeh(plot, sizing_mode="stretch_width", margin=0)
