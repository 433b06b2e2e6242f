"""Reports of incidents, of healthy cases and of weeks: read here, and taken away as HTML, Markdown, JSON or PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from workbench.errors import CausewayError
from workbench.faces.panel.downloads import download
from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import card, html, render, show, stack, wrapping
from workbench.faces.panel.router import Router
from workbench.report.html import render as part
from workbench.report.html import to_html
from workbench.report.markdown import to_markdown
from workbench.report.pdf import HINT, NO_BROWSER, find_browser
from workbench.report.weekly.html import body_html
from workbench.report.weekly.html import to_html as weekly_html

_MOST = 200
WEEKLY = "weekly"


class ReportsView:
    """Lists reports, and shows the one that the address names with `show`."""

    watches = ("reports", "incidents")

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._list, self._preview, self._pdf = html(""), stack(html("")), html("")
        self._files = wrapping(margin=(2, 0, 8, 0), align_items="center")
        print_ = Job(wb, "Print as PDF", "report_pdf", self._printed, self._written, size="small", icon="print",
                     variant="outlined")  # fmt: skip
        self._print, self._print_button = stack(print_.status, self._pdf), print_.button
        there = find_browser() is not None
        show(self._print, there)
        self._print_button.visible, self._print_button.margin = there, (0, 8, 0, 0)
        self._no_browser = html("" if there else render("no_pdf.html.j2", why=NO_BROWSER, hint=HINT))
        self._shown = card("", self._files, self._print, self._no_browser, self._preview)
        self.view = stack(html("<h1>Reports</h1>"), self._list, self._shown)
        self._show()

    def on_query(self) -> None:
        """Show the report that the address names now."""
        self._show()

    async def refresh(self) -> None:
        """List the reports as they are now; what is read stays as it is."""
        self._show_list()

    def _wanted(self) -> str:
        return self._router.get("show", WEEKLY)

    def _show(self) -> None:
        self._show_list()
        self._pdf.object = ""
        try:
            name, forms, body = self._weekly() if self._wanted() == WEEKLY else self._report(self._wanted())
        except CausewayError as error:
            show(self._shown, self._wanted() != WEEKLY)
            self._files[:] = []
            self._preview[:] = [html(f'<p class="error" role="alert">{escape(str(error))}</p>')]
            return
        show(self._shown, True)
        downloads = [download(title, text, f"{name}.{ending}") for title, text, ending in forms]
        self._files[:] = [*downloads, self._print_button]
        self._preview[:] = [html(body)]

    def _show_list(self) -> None:
        found = list(self._wb.call("reports", limit=_MOST))
        self._list.object = render("reports.html.j2", reports=found, current=self._wanted(), most=_MOST)

    def _weekly(self) -> tuple[str, list[tuple[str, Callable[[], str], str]], str]:
        made = self._wb.call("weekly")
        forms: list[tuple[str, Callable[[], str], str]] = [
            ("HTML", lambda: weekly_html(made), "html"),
            ("Markdown", made.text, "md"),
            ("JSON", lambda: made.model_dump_json(indent=1), "json"),
        ]
        return "weekly", forms, body_html(made)

    def _report(self, report_id: str) -> tuple[str, list[tuple[str, Callable[[], str], str]], str]:
        content = self._wb.call("report_content", report_id=report_id)
        forms: list[tuple[str, Callable[[], str], str]] = [
            ("HTML", lambda: to_html(content), "html"),
            ("Markdown", lambda: to_markdown(content), "md"),
            ("JSON", lambda: content.model_dump_json(indent=1), "json"),
        ]
        parts = ["answer.html.j2", "charts.html.j2", "moments.html.j2", "details.html.j2"]
        head = Markup("<h2>{}</h2>").format(content.title)
        body = "".join(part(one, content, live=False) for one in parts if content.charts or one != "charts.html.j2")
        return content.incident_id or report_id, forms, head + Markup(body)  # noqa: S704 - rendered with escaping

    def _printed(self) -> dict[str, Any]:
        wanted = self._wanted()
        return {"weekly": True} if wanted == WEEKLY else {"report_id": wanted}

    def _written(self, done: Any) -> None:
        self._pdf.object = render("said.html.j2", text=f"Written: {done.text()}")
        self._files.append(download("PDF", done.path.read_bytes, done.path.name))
