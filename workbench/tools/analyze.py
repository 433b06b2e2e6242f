"""The main job: from files of telemetry to ranked causes, an incident and a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.facts.diagnosis import Cause, Verdict
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.tools.batch import iso
from workbench.tools.times import parse_at

if TYPE_CHECKING:
    from workbench.core import Workbench


class Analysis(Frozen):
    """What `analyze` found, and where the report is."""

    case: str
    verdict: Verdict
    reason: str
    incident_id: str | None
    onset: str | None
    """ISO-8601, UTC."""
    causes: list[Cause]
    summary: list[str]
    rows: dict[str, int]
    """Rows by table that were looked at."""
    rejected: int
    """Rows of these files that could not be read; they are kept in the table `rejected`."""
    files: list[str]
    """The written report: Markdown, JSON, HTML."""
    seconds: float

    def text(self) -> str:
        """Return the result for a terminal."""
        counted = ", ".join(f"{count:,} {table}" for table, count in self.rows.items() if count)
        lines = [f"{self.case}: {self.verdict.value.upper()}", f"  {self.reason}"]
        lines += [f"  looked at {counted or 'no rows'}; {self.rejected:,} rejected; {self.seconds:.1f} s", ""]
        lines += [sentence for sentence in self.summary if sentence]
        if self.causes and self.verdict is Verdict.INCIDENT:
            lines += ["", f"Onset  {self.onset or 'not known'}", "", "Ranked causes"]
            lines += [line for cause in self.causes[:5] for line in _cause_lines(cause)]
        lines += ["", "Report"] + [f"  {name}" for name in self.files]
        if self.incident_id:
            lines += ["", f"Next:  causeway incident {self.incident_id}"]
            first = next((e.evidence_id for c in self.causes for e in c.evidence if e.evidence_id), "")
            lines += [f"       causeway evidence {first}"] if first else []
        return "\n".join(lines)


@tool(risk="write", positional=("path",))
def analyze(
    wb: Workbench,
    path: list[Path],
    at: str | None = None,
    reference: list[Path] = [],  # noqa: B006 - never changed
    profile: str | None = None,
    top: int = 10,
) -> Analysis:
    """Find the root cause in files of telemetry and write the report.

    Args:
        path: Files or folders of one system.
        at: When the trouble began, if known: ISO-8601 or an epoch. Detected when left out.
        reference: Fault-free files of the same system.
        profile: Name or file of a profile that says which column is what.
        top: Name so many causes.
    """
    from workbench.ingest import load_case
    from workbench.tools.investigation import investigate_case

    wb.progress(0, 4, "reading files")
    case = load_case(
        wb.store,
        *path,
        profile=profile,
        reference=reference,
        at_unix_nano=parse_at(at) if at else None,
    )
    return investigate_case(wb, case, top)


def _cause_lines(cause: Cause) -> list[str]:
    bar = "█" * round(cause.confidence * 10) + "░" * (10 - round(cause.confidence * 10))
    kind = f" ({cause.fault_type})" if cause.fault_type else ""
    first = f", first seen {iso(cause.first_seen_unix_nano)[11:19]}" if cause.first_seen_unix_nano else ""
    lines = [f"  {cause.rank}. {bar} {cause.confidence:4.0%}  {cause.service_name}{kind}{first}"]
    return lines + [f"       {e.evidence_id or '-':<11} {e.summary}" for e in cause.evidence[:3]]
