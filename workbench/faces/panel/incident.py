"""The page of one incident, or of one report: the report's content, alive."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui

from workbench.errors import CausewayError, NotFound
from workbench.faces.panel import look
from workbench.faces.panel.charts import Charts
from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import card, html
from workbench.faces.panel.router import Router
from workbench.faces.panel.telling import tell, tell_error
from workbench.facts.incident import INCIDENT_MOVES, Incident, IncidentState
from workbench.report.content import ReportContent
from workbench.report.html import render

_MOVE_WORDS = {
    IncidentState.INVESTIGATING: "Investigate",
    IncidentState.MITIGATED: "Mitigated",
    IncidentState.RESOLVED: "Resolve",
    IncidentState.CLOSED: "Close",
}
_ORDER = list(_MOVE_WORDS)


class IncidentView:
    """Shows one incident (or a report without one) and moves its state."""

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._incident_id = incident_id = router.get("incident")
        self._report_id = "" if incident_id else router.get("report")
        self.title = incident_id or self._report_id
        self.charts: Charts | None = None
        """None until the live charts are made; see `enliven`."""
        self._content: ReportContent | None = None
        self._figures = look.grid()
        self._heading = html("")
        self._moves = pn.FlexBox(align_items="center", margin=(0, 0, 8, 0), sizing_mode="stretch_width")
        self.view = look.stack()
        details = wb.call("incident", incident_id=incident_id) if incident_id else None
        self._incident: Incident | None = details.incident if details else None
        try:
            content = self._read()
        except NotFound:
            if details is None:
                raise
            self._show_pending(details)
        else:
            self._show(content)

    def first_paint(self) -> str:
        """Return the answer as plain HTML, to be read while the scripts load."""
        return render("first.html.j2", self._content, live=True) if self._content is not None else ""

    def repaint(self) -> None:
        """Draw the live charts anew in the theme that is shown now."""
        if self.charts is not None:
            self._draw(self.charts)

    def _read(self) -> ReportContent:
        if self._report_id:
            found: ReportContent = self._wb.call("report_content", report_id=self._report_id)
        else:
            found = self._wb.call("report_content", incident_id=self._incident_id)
        return found

    def enliven(self) -> None:
        """Put live charts in the place of the drawn ones; they cost more than all the rest of the page."""
        if self.charts is None:
            self._draw(None)

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
        self._show_moves()
        parts: list[Any] = [self._heading, self._moves, html(render("answer.html.j2", content, live=True))]
        moments = render("moments.html.j2", content, live=True)
        if content.charts or moments.strip():
            self._figures[:] = [html(render("charts.html.j2", content, live=True))]
            title = "What happened" if content.onset_unix_nano else "What was measured"
            parts.append(card(title, self._figures, html(moments), id_="timeline"))
        parts.append(html(render("details.html.j2", content, live=True)))
        parts.append(self._files(content))
        self.view[:] = parts

    def _head(self, content: ReportContent) -> None:
        self._heading.object = render("heading.html.j2", content, live=True, incident=self._incident)

    def _show_moves(self) -> None:
        if self._incident is None:
            self._moves.visible = False
            return
        allowed = [state for state in _ORDER if state in INCIDENT_MOVES[self._incident.state]]
        why = pmui.TextInput(
            label="Why (for the record)", size="small", width=260, margin=(0, 10, 0, 0), visible=bool(allowed)
        )
        buttons = [
            pmui.Button(
                label=_MOVE_WORDS[state], size="small", variant="outlined", margin=(0, 8, 0, 0),
                on_click=self._mover(state, why),
            )
            for state in allowed
        ]  # fmt: skip
        again = Job(
            self._wb, "Investigate again", "investigate", lambda: {"subject": self._incident_id}, self._investigated,
            size="small", variant="text", icon="restart_alt",
        )  # fmt: skip
        self._moves[:] = [why, *buttons, again.button, again.status]

    def _mover(self, state: IncidentState, why: Any) -> Callable[[Any], None]:
        def move(_: Any) -> None:
            try:
                moved = self._wb.call("move_incident", incident_id=self._incident_id, state=state, why=why.value)
            except CausewayError as error:
                tell_error(str(error))
                return
            self._incident = moved.incident
            tell(f"{self._incident_id} is {moved.incident.state.value}")
            if self._content is not None:
                self._head(self._content)
            self._show_moves()

        return move

    def _investigated(self, _: Any) -> None:
        details = self._wb.call("incident", incident_id=self._incident_id)
        self._incident = details.incident
        self._show(self._read())
        self.enliven()

    def _show_pending(self, details: Any) -> None:
        self._heading.object = look.render(
            "pending.html.j2", incident=details.incident, anomalies=details.anomalies[:12]
        )
        start = Job(
            self._wb, "Investigate", "investigate", lambda: {"subject": self._incident_id}, self._investigated,
            color="primary", variant="contained", icon="search",
        )  # fmt: skip
        self.view[:] = [self._heading, start.button, start.status]

    def _files(self, content: ReportContent) -> pn.Column:
        name = content.incident_id or self._report_id or "report"
        forms = (
            ("html", "Report as HTML", "html"),
            ("text", "Report as Markdown", "md"),
            ("json", "Data as JSON", "json"),
        )
        buttons = [
            pmui.FileDownload(
                label=label, callback=self._download(content, form), filename=f"{name}.{ending}", size="small",
                margin=(0, 8, 0, 0),
            )
            for form, label, ending in forms
        ]  # fmt: skip
        for button in buttons:
            # As an argument it collides with a default of the class.
            button.variant = "outlined"
        listed = self._wb.call("reports", incident_id=content.incident_id, limit=100)
        written = next((one for one in listed if one.report_id == self._report_id or not self._report_id), None)
        where = look.render("files.html.j2", written=written, folder=str(Path(written.folder)) if written else "")
        return card("Take it with you", pn.FlexBox(*buttons, margin=(2, 0, 8, 0)), html(where))

    def _download(self, content: ReportContent, form: str) -> Callable[[], io.BytesIO]:
        def made() -> io.BytesIO:
            if content.incident_id:
                text = self._wb.call("report", incident_id=content.incident_id, format=form).body
            else:
                text = _written(content, form)
            return io.BytesIO(text.encode())

        return made


def _written(content: ReportContent, form: str) -> str:
    from workbench.report.html import to_html
    from workbench.report.markdown import to_markdown

    if form == "json":
        return content.model_dump_json(indent=1)
    return to_html(content) if form == "html" else to_markdown(content)
