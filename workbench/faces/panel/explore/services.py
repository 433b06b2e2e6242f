"""The page of services: how each does against its own past, who calls whom, and one of them in full."""

from __future__ import annotations

from typing import Any

import panel as pn
from bokeh.models import ColumnDataSource
from markupsafe import escape

from workbench.errors import CausewayError
from workbench.faces.panel import look
from workbench.faces.panel.editor import BUNDLE
from workbench.faces.panel.explore.controls import heading
from workbench.faces.panel.explore.figures import palette, time_figure
from workbench.faces.panel.explore.loading import Loader
from workbench.faces.panel.explore.map import map_graph
from workbench.faces.panel.explore.state import Address, iso, range_words
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import card, html, render
from workbench.faces.panel.router import Router
from workbench.faces.panel.service_map import ServiceMap


class ServicesView:
    """Shows what `services`, `service_map`, `service` and `slos` give for the address."""

    watches = ("telemetry", "incidents", "slos")

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._address = Address(router, "services")
        self._list_loader, self._more_loader = Loader(), Loader()
        self._title, self._list, self._slos = heading("Services"), html(""), html("")
        self._map: Any = None
        self._canvas: ServiceMap | None = None
        self._one: Any = None
        self._drawing = look.stack(html(""))
        self._over = html("")
        self._map_card = card("", self._over, self._more_loader.line, self._drawing)
        self.view = look.stack(self._title, self._list_loader.line, self._list, self._map_card, self._slos)
        self._ask()

    def enliven(self) -> None:
        """Draw map, or charts of the one service."""
        self._more()

    def on_query(self) -> None:
        """Show what the address asks for now."""
        self._ask()
        self._more()

    async def refresh(self) -> None:
        """Look again when something changed; what is drawn stays until there is something new to draw."""
        self._ask(anew=False)
        self._more("")

    def repaint(self) -> None:
        """Draw anew in the other theme; the map follows it by itself."""
        if self._one is not None:
            self._draw()

    def first_paint(self) -> str:
        """Return the list as plain HTML."""
        return f"{self._title.object}{self._list.object}"

    def close(self) -> None:
        """Drop what is on its way."""
        self._list_loader.close()
        self._more_loader.close()

    def _ask(self, *, anew: bool = True) -> None:
        name = self._address.get("service")
        if anew:
            self._clear(name)
        try:
            if name:
                self._service(name)
            else:
                self._all()
        except CausewayError as error:
            back = self._address.link(service=None)
            self._list.object = f'<p><a href="{escape(back)}" data-go>All services</a></p>' if name else ""
            self._list_loader.fail(str(error))
        else:
            self._list_loader.say("")

    def _clear(self, name: str) -> None:
        self._over.object = f'<h2 class="cardhead">{"Over time" if name else "Who calls whom"}</h2>'
        self._map = self._one = self._canvas = None
        self._drawing[:] = [html("")]
        self._slos.object = ""
        look.show(self._map_card, not name)

    def _all(self) -> None:
        address = self._address
        found = self._wb.call("services", **address.span())
        self._title.object = render("explore/heading.html.j2", text="Services")
        look.show(self._map_card, bool(found.services))
        self._list.object = render(
            "explore/services.html.j2", found=found, a=address,
            said=range_words(found.start_unix_nano, found.end_unix_nano),
        )  # fmt: skip

    def _service(self, name: str) -> None:
        found = self._wb.call("service", service_name=name, **self._address.span())
        self._one = found
        address = self._address
        near = {"from_": iso(found.start_unix_nano), "to": iso(found.end_unix_nano)}
        self._title.object = render("explore/heading.html.j2", text=name)
        self._list.object = render(
            "explore/service.html.j2", s=found, back=address.link(service=None),
            said=range_words(found.start_unix_nano, found.end_unix_nano),
            logs=address.to("logs", service=name, **near), traces=address.to("traces", service=name, **near),
            errors=address.to("logs", service=name, level="error,fatal", **near),
            metrics=address.to("metrics", service=name), service=lambda other: address.to("services", service=other),
            operation=lambda wanted: address.to("traces", service=name, operation=wanted, **near),
        )  # fmt: skip

    def _more(self, said: str | None = None) -> None:
        name = self._address.get("service")
        span = self._address.span()

        def ask() -> tuple[Any, Any]:
            drawn = None if name else self._wb.call("service_map", **span)
            return drawn, self._wb.call("slos")

        self._more_loader.load(
            ask, self._show_more, ("Loading" if name else "Drawing the map") if said is None else said
        )

    def _show_more(self, found: tuple[Any, Any]) -> None:
        self._map, slos = found
        name = self._address.get("service")
        if name and self._one is None:
            # Of a service that is not there nothing can be promised.
            self._slos.object = ""
            look.show(self._map_card, False)
            return
        mine = [one for one in slos.objectives if not name or one.slo.service == name]
        self._slos.object = render("explore/service_slos.html.j2", objectives=mine, name=name)
        self._draw()

    def _draw(self) -> None:
        dark = self._router.dark
        if self._map is not None and self._map.nodes:
            self._draw_map(self._map)
        elif self._one is not None and self._one.over_time is not None:
            look.show(self._map_card, True)
            self._drawing[:] = self._charts(self._one.over_time, dark)
        else:
            look.show(self._map_card, False)

    def _draw_map(self, found: Any) -> None:
        share = found.share
        note = html(
            f'<p class="muted small">Estimated from {100 * share:.3g} % of the traces.</p>' if share < 1 else ""
        )
        graph = map_graph(found, lambda name: self._address.link(service=name))
        if not BUNDLE.is_file():
            # A checkout in which nobody built the canvas lists the calls.
            listed = render(
                "explore/calls.html.j2", calls=found.calls, link=lambda name: self._address.link(service=name)
            )
            self._drawing[:] = [note, html(listed)]
        elif self._canvas is None:
            self._canvas = ServiceMap(graph=graph, sizing_mode="stretch_width", margin=0)
            self._drawing[:] = [note, self._canvas]
        else:
            # The same map with new figures: who has moved it or is in it by keyboard stays there.
            self._canvas.graph = graph

    def _charts(self, over_time: Any, dark: bool) -> list[Any]:
        start, step, size = over_time.start_unix_nano, over_time.step_ns, over_time.buckets
        colours = palette(dark)
        times = [(start + (place + 0.5) * step) / 1e6 for place in range(size)]
        share = [100 * bad / all_ if all_ else float("nan") for bad, all_ in
                 zip(over_time.errors, over_time.counts, strict=True)]  # fmt: skip
        rate, slow = (
            [float("nan") if value is None else value for value in values]
            for values in (over_time.per_s, over_time.p95_ms)
        )
        wanted = (
            ("Spans per second", rate, "s0"),
            ("Failed, %", share, "bad"), ("p95, ms", slow, "s3"),
        )  # fmt: skip
        drawn = []
        for title, values, colour in wanted:
            plot = time_figure(start, start + size * step, dark, 150, self._zoom)
            plot.line("x", "y", source=ColumnDataSource({"x": times, "y": values}), line_width=1.8,
                      line_color=colours[colour])  # fmt: skip
            plot.y_range.start = 0
            pane = pn.pane.Bokeh(plot, sizing_mode="stretch_width", margin=0)
            drawn.append(look.stack(html(f"<h3>{title}</h3>"), pane, styles={"min-width": "0"}))
        return [look.grid(*drawn)]

    def _zoom(self, start: int, end: int) -> None:
        self._address.go(from_=iso(start), to=iso(end))
