"""Reports: list them, show one in any form, give its content to a face."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from workbench.errors import BadInput, NotFound
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.report.annotate import annotated
from workbench.report.content import ReportContent
from workbench.store import diagnoses, incidents, notes, steps, telemetry
from workbench.store import reports as report_store
from workbench.store.reports import Report
from workbench.tools.arguments import Limit
from workbench.tools.texts import Listing, columns, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench


class Reports(Listing[Report]):
    """Reports, newest first."""

    def text(self) -> str:
        """Return one line for each."""
        if not self.root:
            return "No reports yet. `causeway analyze FOLDER` writes one."
        head = ("REPORT", "INCIDENT", "WRITTEN", "TITLE", "FOLDER")
        return columns(
            head,
            [
                (one.report_id, one.incident_id or "-", utc(one.created_unix_nano), one_line(one.title, 50), one.folder)
                for one in self.root
            ],
        )


class ShownReport(Frozen):
    """A report in the form that was asked for."""

    title: str
    incident_id: str | None
    form: Literal["text", "json", "html"]
    body: str
    files: list[str] = []
    """Where it was written; empty when it was made for this call only."""

    def text(self) -> str:
        """Return the report; its files are named below the text form."""
        named = [] if self.form != "text" else ["", "Files", *(f"  {name}" for name in self.files)] * bool(self.files)
        return "\n".join([self.body.rstrip(), *named])


@tool(risk="read")
def reports(wb: Workbench, incident_id: str | None = None, limit: Limit = 20) -> Reports:
    """List written reports, newest first.

    Args:
        incident_id: Only those of this incident.
        limit: At most so many.
    """
    return Reports(report_store.latest(wb.store, limit, incident_id=incident_id))


@tool(risk="read", positional=("incident_id",))
def report(
    wb: Workbench, incident_id: str | None = None, format: Literal["text", "json", "html"] = "text"
) -> ShownReport:
    """Show the report of an incident; the newest report of all when none is named.

    Args:
        incident_id: Such as INC-1.
        format: text is Markdown, json is for programs, html is one page that needs no network.
    """
    from workbench.report.html import to_html
    from workbench.report.markdown import to_markdown

    written = _newest(wb, incident_id, None)
    content = report_content(wb, incident_id, written.report_id if written else None)
    if format == "json":
        body = content.model_dump_json(indent=1)
    else:
        body = to_html(content) if format == "html" else to_markdown(content)
    files = [str(_folder(wb, written) / name) for name in written.files] if written else []
    return ShownReport(
        title=content.title, incident_id=content.incident_id, form=format, body=body,
        files=[name for name in files if Path(name).exists()],
    )  # fmt: skip


@tool(risk="read", positional=("incident_id",))
def report_content(wb: Workbench, incident_id: str | None = None, report_id: str | None = None) -> ReportContent:
    """Give everything that a report shows, as data for programs.

    Args:
        incident_id: Such as INC-1; left out, the newest report of all is meant.
        report_id: A certain report; reports of healthy cases have no incident.
    """
    from workbench.report.write import read

    written = _newest(wb, incident_id, report_id)
    content = read(_folder(wb, written)) if written else None
    if content is not None:
        about = content.incident_id
        return annotated(content, notes.of_incident(wb.store, about)) if about else content
    wanted = incident_id or (written.incident_id if written else None)
    if not wanted:
        if report_id:
            raise NotFound("report", report_id, hint="`causeway reports` lists them")
        raise BadInput("there is no report yet", hint="`causeway analyze FOLDER` writes one")
    return annotated(_rebuilt(wb, wanted), notes.of_incident(wb.store, wanted))


def _newest(wb: Workbench, incident_id: str | None, report_id: str | None) -> Report | None:
    if report_id:
        return report_store.get(wb.store, report_id)
    if incident_id:
        # A wrong id should be told as such, not as a missing report.
        incidents.get(wb.store, incident_id)
    return next(iter(report_store.latest(wb.store, 1, incident_id=incident_id)), None)


def _folder(wb: Workbench, written: Report) -> Path:
    return (wb.path or Path()) / written.folder


def _rebuilt(wb: Workbench, incident_id: str) -> ReportContent:
    """Build the report anew from what is stored, for an incident whose files are gone or were never written."""
    from workbench.report.incident import build

    one = incidents.get(wb.store, incident_id)
    diagnosis = diagnoses.of_incident(wb.store, incident_id)
    if diagnosis is None:
        raise NotFound("report", incident_id, hint="It was not investigated yet")
    done = steps.of_incident(wb.store, incident_id)
    rows = telemetry.read(wb.store, scope=one.scope or None, most_spans=telemetry.MOST_SPANS)
    return build(wb.store, incident_id, diagnosis, [], "rules", 0, done, rows)
