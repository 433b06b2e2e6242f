"""What can be taken away from an incident's page: the report as HTML, Markdown, PDF and JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.faces.panel.downloads import download
from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import card, html, render, wrapping
from workbench.report.content import ReportContent
from workbench.report.html import to_html
from workbench.report.markdown import to_markdown
from workbench.report.pdf import HINT, NO_BROWSER, find_browser

_FORMS = (("html", "Report as HTML", "html"), ("text", "Report as Markdown", "md"), ("json", "Data as JSON", "json"))


class IncidentFiles:
    """The card of downloads; a PDF is printed first, and has a button of its own then."""

    def __init__(self, wb: Caller, content: ReportContent, report_id: str) -> None:
        self._wb, self._content, self._report_id = wb, content, report_id
        self._name = content.incident_id or report_id or "report"
        self._said = html("")
        print_ = Job(
            wb, "Print as PDF", "report_pdf", self._printed, self._written, size="small", icon="print",
            variant="outlined",
        )  # fmt: skip
        print_.button.visible, print_.button.margin = find_browser() is not None, (0, 8, 0, 0)
        forms = [download(label, self._made(form), f"{self._name}.{ending}") for form, label, ending in _FORMS]
        self._buttons = wrapping(*forms, print_.button, align_items="center", margin=(2, 0, 8, 0))
        if not print_.button.visible:
            self._said.object = render("no_pdf.html.j2", why=NO_BROWSER, hint=HINT)
        listed = wb.call("reports", incident_id=content.incident_id, limit=100)
        written = next((one for one in listed if one.report_id == report_id or not report_id), None)
        where = render("files.html.j2", written=written, folder=str(Path(written.folder)) if written else "")
        self.view = card("Take it with you", self._buttons, print_.status, self._said, html(where), id_="files")

    def _printed(self) -> dict[str, Any]:
        content = self._content
        return {"incident_id": content.incident_id} if content.incident_id else {"report_id": self._report_id}

    def _written(self, done: Any) -> None:
        self._said.object = render("said.html.j2", text=f"Written: {done.text()}")
        others = [one for one in self._buttons if getattr(one, "label", "") != "Report as PDF"]
        self._buttons[:] = [*others, download("Report as PDF", done.path.read_bytes, done.path.name)]

    def _made(self, form: str) -> Callable[[], str]:
        def made() -> str:
            if self._content.incident_id:
                return str(self._wb.call("report", incident_id=self._content.incident_id, format=form).body)
            if form == "json":
                return self._content.model_dump_json(indent=1)
            return to_html(self._content) if form == "html" else to_markdown(self._content)

        return made
