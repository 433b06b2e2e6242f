"""The page of one incident, or of one report: the report's content, alive, and what a person does about it."""

from __future__ import annotations

import asyncio
from typing import Any

import panel as pn
import panel_material_ui as pmui

from workbench.errors import CausewayError, NotFound
from workbench.faces.panel import look
from workbench.faces.panel.charts import Charts
from workbench.faces.panel.explore.state import Address, iso
from workbench.faces.panel.incident_desk import IncidentDesk
from workbench.faces.panel.incident_files import IncidentFiles
from workbench.faces.panel.incident_trace import IncidentTrace
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import card, html, wrapping
from workbench.faces.panel.router import Router
from workbench.faces.panel.topology import IncidentTopology
from workbench.report.content import ReportContent
from workbench.report.html import render


class IncidentView:
    """Shows one incident (or a report without one), and lets it be worked on."""

    watches = ("incidents",)

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._incident_id = incident_id = router.get("incident")
        self._report_id = "" if incident_id else router.get("report")
        self.title = incident_id or self._report_id
        self.charts: Charts | None = None
        """None until the live charts are made; see `enliven`."""
        self._content: ReportContent | None = None
        self._trace: IncidentTrace | None = None
        self._topology: IncidentTopology | None = None
        self._lively = False
        self._figures = look.grid(html(""))
        self._heading, self._compared = html(""), html("")
        self.view = look.stack()
        self._details: Any = wb.call("incident", incident_id=incident_id) if incident_id else None
        self._desk = (
            IncidentDesk(wb, self._details, self._worked_on, lambda _: self._reload()) if self._details else None
        )
        try:
            content = self._read()
        except NotFound:
            if self._details is None:
                raise
            self._show_pending()
        else:
            self._show(content)

    def first_paint(self) -> str:
        """Return the answer as plain HTML, to be read while the scripts load."""
        return render("first.html.j2", self._content, live=True) if self._content is not None else ""

    def repaint(self) -> None:
        """Draw the live charts anew in the theme that is shown now."""
        if self.charts is not None:
            self._draw(self.charts)
        if self._trace is not None and self._lively:
            self._trace.draw()

    def enliven(self) -> None:
        """Put live charts in the place of the drawn ones; they cost more than all the rest of the page."""
        self._lively = True
        if self.charts is None:
            self._draw(None)
        if self._topology is not None:
            self._topology.enliven()
        if self._trace is not None:
            self._trace.draw()
        self._compare()

    async def refresh(self) -> None:
        """Show what somebody else did to the incident."""
        if self._desk is None:
            return
        details = await asyncio.to_thread(self._wb.call, "incident", incident_id=self._incident_id)
        if details == self._desk.details:
            return
        if details.diagnosis != self._details.diagnosis:
            self._reload()
            return
        self._desk.show(details)
        self._worked_on(details)

    def on_query(self) -> None:
        """Show the drawing of the trace that the address names now."""
        if self._trace is not None and self._lively:
            self._trace.draw()

    def act(self, act: str, of: str, _: Any) -> None:
        """Hand what was pressed on."""
        if self._trace is not None:
            self._trace.act(act, of)
        if self._desk is not None:
            self._desk.act(act, of)

    def _read(self) -> ReportContent:
        if self._report_id:
            found: ReportContent = self._wb.call("report_content", report_id=self._report_id)
        else:
            found = self._wb.call("report_content", incident_id=self._incident_id)
        return found

    def _reload(self) -> None:
        self._details = self._wb.call("incident", incident_id=self._incident_id)
        if self._desk is not None:
            self._desk.show(self._details)
        self._show(self._read())
        self.enliven()

    def _worked_on(self, details: Any) -> None:
        """Show the state, the owner and the notes as they are now."""
        self._details = details
        if self._content is None:
            self._show_pending()
            return
        before = self._content
        self._content = self._read()
        self._head(self._content)
        if self._content.timeline != before.timeline or self._content.marks != before.marks:
            self._moments.object = render("moments.html.j2", self._content, live=True)
            if self.charts is not None:
                self._draw(self.charts)

    def _draw(self, like: Charts | None) -> None:
        if self._content is None or not self._content.charts:
            return
        self.charts = Charts(self._content.charts, self._content.marks, dark=self._router.dark, like=like)
        self._figures[:] = [
            look.stack(
                html(look.render("figure.html.j2", chart=chart)),
                pn.pane.Bokeh(plot, sizing_mode="stretch_width", margin=0),
                styles={"min-width": "0"},
            )
            for chart, plot in zip(self._content.charts, self.charts.figures, strict=True)
        ]

    def _show(self, content: ReportContent) -> None:
        self._content, self.charts = content, None
        self._head(content)
        parts: list[Any] = [self._heading, html(render("answer.html.j2", content, live=True))]
        if self._desk is not None:
            parts.insert(1, self._desk.moves)
        self._moments = html(render("moments.html.j2", content, live=True))
        if content.charts or self._moments.object.strip():
            self._figures[:] = [html(render("charts.html.j2", content, live=True))] if content.charts else [html("")]
            title = "What happened" if content.onset_unix_nano else "What was measured"
            parts.append(card(title, self._figures, self._moments, html(self._onward(content)), id_="timeline"))
        self._topology = IncidentTopology(self._router, content) if content.topology.nodes else None
        parts += [self._topology.view] if self._topology else []
        if content.waterfall is not None:
            cause = content.causes[0].service_name if content.causes else ""
            self._trace = IncidentTrace(self._wb, self._router, content.waterfall, content.scope, cause)
            parts.append(self._trace.view)
        if self._desk is not None:
            parts.append(self._comparison())
        parts.append(html(render("details.html.j2", content, live=True)))
        parts += [self._desk.notes] if self._desk is not None else []
        parts.append(IncidentFiles(self._wb, content, self._report_id).view)
        self.view[:] = parts

    def _onward(self, content: ReportContent) -> str:
        """Return links to what there is of the first cause in the stretch of time that was looked at."""
        start, end = content.start_unix_nano, content.end_unix_nano
        if not content.causes or start is None or end is None:
            return ""
        service = content.causes[0].service_name
        span = {"from_": iso(start), "to": iso(end), "scope": content.scope, "service": service}
        to = Address(self._router, "incident").to
        links = {
            "logs": to("logs", **span),
            "error lines": to("logs", **span, level="error,fatal"),
            "metrics": to("metrics", **span),
            "traces": to("traces", **span),
            "neighbours": to("services", **span),
        }
        return look.render("incident_onward.html.j2", service=service, links=links)

    def _head(self, content: ReportContent) -> None:
        incident = self._details.incident if self._details else None
        beyond = [("compare", "Compared"), ("notes", "Notes")] if self._desk is not None else []
        self._heading.object = render(
            "heading.html.j2", content, live=True, incident=incident, beyond=[*beyond, ("files", "Take it with you")]
        )

    def _show_pending(self) -> None:
        assert self._desk is not None  # noqa: S101 - only incidents wait to be investigated
        self._heading.object = look.render("pending.html.j2", d=self._details, anomalies=self._details.anomalies[:12])
        self.view[:] = [self._heading, self._desk.moves, self._comparison(), self._desk.notes]

    def _comparison(self) -> Any:
        self._since = pmui.TextInput(
            label="Healthy from (UTC)", placeholder="as long before the onset", size="small", width=230,
            margin=(0, 8, 6, 0),
        )  # fmt: skip
        again = pmui.Button(
            label="Compare", size="small", variant="outlined", margin=(0, 8, 6, 0), on_click=lambda _: self._compare()
        )
        return card(
            "Compared with a healthy time",
            wrapping(self._since, again, align_items="center"),
            self._compared,
            id_="compare",
        )

    def _compare(self) -> None:
        if self._desk is None:
            return
        since = (self._since.value_input or self._since.value).strip()
        try:
            found = self._wb.call("compare_incident", incident_id=self._incident_id, healthy=since or None)
        except CausewayError as error:
            self._compared.object = look.render("incident_compare.html.j2", said=str(error), c=None)
        else:
            self._compared.object = look.render("incident_compare.html.j2", said="", c=found)
