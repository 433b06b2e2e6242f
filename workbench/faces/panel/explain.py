"""The page that says how a verdict was reached: reasoning, what moved when, and a query behind every statement."""

from __future__ import annotations

from markupsafe import Markup

from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import html
from workbench.faces.panel.router import Router
from workbench.report.explain.html import body_html
from workbench.report.words import whole


class ExplainView:
    """Shows the explanation of the incident that the address names."""

    def __init__(self, wb: Caller, router: Router) -> None:
        incident_id = router.wanted().get("incident", "")
        found = wb.call("explain", subject=incident_id)
        head = Markup('<p class="muted"><a href="?incident={0}" data-go>{0}</a></p><h1>How we know: {1}</h1>')
        self.view = html(head.format(incident_id, whole(found.title)) + Markup(body_html(found)))  # noqa: S704 - it escapes
