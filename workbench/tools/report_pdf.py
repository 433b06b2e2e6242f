"""Reports as PDF, printed by a browser of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput, Refused
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.tools.reports import report_content
from workbench.tools.texts import size

if TYPE_CHECKING:
    from workbench.core import Workbench


class PdfWritten(Frozen):
    """A report that was printed."""

    path: Path
    bytes: int

    def text(self) -> str:
        """Return where it is."""
        return f"{self.path} ({size(self.bytes)})"


@tool(risk="write", command="report-pdf", positional=("incident_id",))
def report_pdf(
    wb: Workbench,
    incident_id: str | None = None,
    report_id: str | None = None,
    weekly: bool = False,
    until: str | None = None,
    out: Path | None = None,
) -> PdfWritten:
    """Print a report as PDF: that of an incident, the newest of all when none is named, or the weekly one.

    Args:
        incident_id: Such as INC-1.
        report_id: A certain report; reports of healthy cases have no incident.
        weekly: The weekly report.
        until: A moment of the week, for the weekly report.
        out: Where to write it; into the workspace's folder `reports` when left out.
    """
    from workbench.report.html import to_html
    from workbench.report.pdf import HINT, NO_BROWSER, find_browser, to_pdf
    from workbench.report.weekly.html import to_html as weekly_html
    from workbench.tools.weekly import weekly as make_weekly

    browser = find_browser()
    if browser is None:
        raise Refused(f"{NO_BROWSER}. {HINT}")
    if weekly:
        made = make_weekly(wb, until)
        name, html = f"weekly-{made.weeks[-1].start_unix_nano // 10**9}", weekly_html(made)
    else:
        content = report_content(wb, incident_id, report_id)
        name, html = content.incident_id or report_id or "report", to_html(content)
    if out is None and wb.path is None:
        raise BadInput("a workspace in memory keeps no files", where="out", hint="Name a file with --out")
    path = out or (wb.path or Path()) / "reports" / f"{name}.pdf"
    printed = to_pdf(html, browser)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(printed)
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror}", where=str(path), hint="Name another file") from error
    return PdfWritten(path=path, bytes=len(printed))
