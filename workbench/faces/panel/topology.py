"""Who calls whom around an incident: the canvas as a map that is only read, each service a link to its page."""

from __future__ import annotations

from typing import Any

import panel as pn

from workbench.faces.panel.editor import BUNDLE
from workbench.faces.panel.explore.state import Address, iso
from workbench.faces.panel.look import card, html, render
from workbench.faces.panel.router import Router
from workbench.faces.panel.service_map import ServiceMap
from workbench.report.content import ReportContent
from workbench.report.service_map import service_map


class IncidentTopology:
    """The card of an incident's page; `enliven` puts the map into the place of the drawing."""

    def __init__(self, router: Router, content: ReportContent) -> None:
        self._router, self._content = router, content
        self._drawn = pn.Column(html(render("topology.html.j2", c=content)), sizing_mode="stretch_width", margin=0)
        self.view = card(
            "Who calls whom", html(render("topology_head.html.j2", c=content)), self._drawn, id_="topology"
        )

    def enliven(self) -> None:
        """Draw the map anew from what is known now; a checkout that was never built keeps the plain drawing."""
        if BUNDLE.is_file():
            graph = service_map(self._content.topology, self._link)
            self._drawn[:] = [ServiceMap(graph=graph, sizing_mode="stretch_width", margin=0)]

    def _link(self, service: str) -> str:
        """Return the page of a service in the stretch of time that was looked at."""
        start, end = self._content.start_unix_nano, self._content.end_unix_nano
        span: dict[str, Any] = {} if start is None or end is None else {"from_": iso(start), "to": iso(end)}
        return Address(self._router, "incident").to("services", service=service, scope=self._content.scope, **span)
