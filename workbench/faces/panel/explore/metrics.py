"""The page of metrics: the list, and the chosen ones as charts of mean and band, beside an earlier stretch of time."""

from __future__ import annotations

from typing import Any

import panel as pn

from workbench.errors import CausewayError
from workbench.faces.panel import look
from workbench.faces.panel.explore.controls import SearchBar, beside, heading
from workbench.faces.panel.explore.figures import band_lines, time_figure
from workbench.faces.panel.explore.loading import Loader
from workbench.faces.panel.explore.state import Address, Choice, iso
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import card, html, render
from workbench.faces.panel.router import Router

MOST_CHARTS = 6
_HEIGHTS, _LOW = {1: 420, 2: 290}, 230
"""Pixels of a chart by how many there are: one alone has the window to itself."""
_BY = (("service", "Service"), ("service,instance", "Instance"), ("host", "Host"), ("service,statistic", "Statistic"))
_COMPARE = (
    ("", "Nothing"),
    ("900", "15 min earlier"),
    ("3600", "1 h earlier"),
    ("86400", "A day"),
    ("604800", "A week"),
)


class MetricsView:
    """Shows what `list_metrics` and `metric_chart` give for the address."""

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._address = Address(router, "metrics")
        self._bar = SearchBar(wb, self._address, label="A part of the name", placeholder="cpu")
        self._loader = Loader()
        self._list = html("")
        self._choices = html("")
        self._charts = look.stack(html(""))
        self._found: list[Any] = []
        body = self._body = pn.Column(
            self._list, look.stack(self._loader.line, self._charts), stylesheets=[beside(290, 420)],
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip
        self.view = look.stack(heading("Metrics"), card("", self._bar.view, self._choices), body)
        self._names()

    def enliven(self) -> None:
        """Draw the charts."""
        self._load()

    def on_query(self) -> None:
        """Show what the address asks for now."""
        self._names()
        self._load()

    def repaint(self) -> None:
        """Draw the charts in the other theme."""
        self._draw(self._found)

    def first_paint(self) -> str:
        """Return the list as plain HTML."""
        return f"<h1>Metrics</h1>{self._list.object}"

    def close(self) -> None:
        """Drop what is on its way."""
        self._loader.close()

    def _names(self) -> None:
        address = self._address
        services = address.many("service")
        try:
            found = list(
                self._wb.call(
                    "list_metrics", text=address.get("q"), service=services, scope=address.get("scope"), limit=500
                )
            )
        except CausewayError as error:
            self._loader.fail(str(error))
            found = []
        self._known = found
        chosen = self._chosen()
        rows = [(one, address.toggled("metric", one.metric_name), one.metric_name in chosen) for one in found]
        self._list.object = render(
            "explore/metric_list.html.j2", rows=rows, text=address.get("q"), a=address,
            services=[Choice(f"service {one}", address.toggled("service", one)) for one in services],
        )  # fmt: skip
        self._body.css_classes = [] if rows else ["alone"]
        by, compare = address.get("by", "service"), address.get("compare")
        self._choices.object = render(
            "explore/choices.html.j2",
            groups=[
                ("Lines by", [Choice(label, address.link(by=name), name == by) for name, label in _BY]),
                ("Beside", [Choice(label, address.link(compare=name), name == compare) for name, label in _COMPARE]),
            ],
        )

    def _chosen(self) -> list[str]:
        chosen = self._address.many("metric")
        # Who has chosen nothing sees something: the first of the list.
        return chosen or [one.metric_name for one in self._known[:1]]

    def _load(self) -> None:
        address = self._address
        wanted = self._chosen()[:MOST_CHARTS]
        arguments = {
            "service": address.many("service"), "by": address.many("by") or ["service"], "buckets": 500,
            "compare_s": _number(address.get("compare")), **address.span(),
        }  # fmt: skip

        def ask() -> list[Any]:
            return [self._wb.call("metric_chart", metric_name=name, **arguments) for name in wanted]

        if not wanted:
            self._bar.show(None, None)
            self._draw([])
            return
        self._loader.load(ask, self._show)

    def _show(self, found: list[Any]) -> None:
        self._found = found
        self._bar.show(*((found[0].start_unix_nano, found[0].end_unix_nano) if found else (None, None)))
        self._draw(found)

    def _draw(self, found: list[Any]) -> None:
        self._charts[:] = [self._chart(one, _HEIGHTS.get(len(found), _LOW)) for one in found]

    def _chart(self, found: Any, height: int) -> Any:
        if not found.series:
            none = render("explore/metric_head.html.j2", found=found, legend=[])
            return card("", html(none))
        plot = time_figure(found.start_unix_nano, found.end_unix_nano, self._router.dark, height, self._zoom)
        legend = band_lines(plot, found.series, found.earlier, self._router.dark, found.unit, found.step_ns)
        head = render("explore/metric_head.html.j2", found=found, legend=legend)
        return card("", html(head), pn.pane.Bokeh(plot, sizing_mode="stretch_width", margin=0))

    def _zoom(self, start: int, end: int) -> None:
        self._address.go(from_=iso(start), to=iso(end))


def _number(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
