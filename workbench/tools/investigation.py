"""Investigates what is in the workspace: a data set, an incident, or an investigation that was cut off."""

from __future__ import annotations

import shlex
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput
from workbench.facts.diagnosis import Cause, Verdict
from workbench.facts.evidence import Frozen
from workbench.facts.shares import percent
from workbench.facts.show import causes_html
from workbench.facts.telling import worth_telling
from workbench.guard.tool import tool
from workbench.tools.arguments import Limit
from workbench.tools.batch import iso
from workbench.tools.texts import count
from workbench.tools.times import parse_at

if TYPE_CHECKING:
    from workbench.agents.state import Investigation
    from workbench.core import Workbench
    from workbench.facts.telemetry import Case
    from workbench.store.steps import StepRecord

STEPS = 6
_MOST_LINES = 12
_UNLIKELY = 0.01


class Analysis(Frozen):
    """What was found, and where the report is."""

    case: str
    verdict: Verdict
    reason: str
    incident_id: str | None
    onset: str | None
    """ISO-8601, UTC."""
    causes: list[Cause]
    known: list[str] = []
    """Known failure modes that fit, one sentence each."""
    notable: list[str] = []
    """What else stands out in texts that were saved."""
    ruled_out: list[str] = []
    not_known: list[str] = []
    """What was not in the data, and runbooks that could not be used."""
    actions: list[str] = []
    """What to do, the first thing first."""
    summary: list[str]
    worded_by: str
    """`rules`, or the name of the model that worded the summary."""
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
        lines = [f"{self.case}: {self.verdict.value.upper()}", *(f"  {sentence}" for sentence in self.summary)]
        if self.causes and self.verdict is Verdict.INCIDENT:
            lines += ["", f"Onset   {self.onset or 'not known'}", "Causes"]
            shown = [cause for cause in self.causes[:5] if cause.rank <= 2 or cause.confidence >= _UNLIKELY]
            lines += [line for cause in shown for line in _cause_lines(cause)]
            more = len(self.causes) - len(shown)
            lines += [f"     and {count(more, 'less likely service')}"] * bool(more)
        said = " ".join(self.summary)
        unsaid = [one for one in self.not_known if one.rstrip(".") not in said]
        for head, sentences in (
            ("Known", self.known), ("Stands out", self.notable), ("Ruled out", self.ruled_out), ("Not known", unsaid),
        ):  # fmt: skip
            lines += ["", head, *(f"  - {sentence}" for sentence in sentences[:_MOST_LINES])] if sentences else []
        if self.actions and self.verdict is Verdict.INCIDENT:
            lines += ["", "What to do", *(f"  {at}. {one}" for at, one in enumerate(self.actions[:3], start=1))]
        lines += ["", f"Data    {counted or 'no rows'}; {self.rejected:,} rejected; {self.seconds:.1f} s"]
        lines += [f"{'Report' if not row else '':<8}{name}" for row, name in enumerate(self.files)]
        return "\n".join([*lines, *self._next()])

    def _next(self) -> list[str]:
        commands = []
        if self.incident_id:
            first = next((e.evidence_id for c in self.causes for e in c.evidence if e.evidence_id), "")
            commands += [f"incident {self.incident_id}", *([f"evidence {first}"] if first else [])]
        commands += [f"rejected {shlex.quote(self.case)}"] * bool(self.rejected)
        lines = [f"{'Next' if not row else '':<8}causeway {one}" for row, one in enumerate(commands)]
        return ["", *lines] if lines else []

    def _repr_html_(self) -> str:
        heading = f"{self.case}: {self.verdict.value}. " + " ".join(self.summary)
        return causes_html(self.causes[:5] if self.verdict is Verdict.INCIDENT else [], heading)


@tool(risk="write", positional=("subject",))
def investigate(wb: Workbench, subject: str, at: str | None = None, top: Limit = 10) -> Analysis:
    """Investigate an incident or a data set that is in the workspace, or go on where one was cut off.

    Args:
        subject: An incident (INC-3), a data set (see `causeway sources`), or a cut-off investigation (INV-...).
        at: When the trouble began, if known: ISO-8601 or an epoch.
        top: Name so many causes.
    """
    from workbench.agents import investigate as agent
    from workbench.store import telemetry

    begun = time.perf_counter()
    model = wb.model()
    if subject.startswith("INV-"):
        done = agent.resume(wb.store, subject, reports=_reports(wb), model=model, on_step=_telling(wb))
        return _analysis(wb, done, done.diagnosis.case, begun)
    if subject.startswith("INC-"):
        done = agent.investigate(
            wb.store, incident_id=subject, at_unix_nano=_moment(at), reports=_reports(wb),
            model=model, top=top, on_step=_telling(wb),
        )  # fmt: skip
        return _analysis(wb, done, done.diagnosis.case, begun)
    if not any(telemetry.count(wb.store, subject).values()):
        known = ", ".join(sorted(one.scope for one in telemetry.scopes(wb.store))) or "none; try `causeway import PATH`"
        raise BadInput(f"no data set {subject!r}", hint=f"Data sets: {known}")
    done = agent.investigate(
        wb.store, scope=subject, at_unix_nano=_moment(at), reports=_reports(wb), model=model, top=top,
        on_step=_telling(wb),
    )  # fmt: skip
    return _analysis(wb, done, subject, begun)


def investigate_scope(wb: Workbench, scope: str, top: int = 10) -> Analysis:
    """Investigate a data set of the workspace."""
    from workbench.agents import investigate as agent

    begun = time.perf_counter()
    done = agent.investigate(
        wb.store, scope=scope, reports=_reports(wb), model=wb.model(), top=top, on_step=_telling(wb)
    )
    return _analysis(wb, done, scope, begun)


def investigate_case(wb: Workbench, case: Case, top: int) -> Analysis:
    """Investigate a case that was just read."""
    from workbench.agents import investigate as agent

    begun = time.perf_counter()
    done = agent.investigate(wb.store, case=case, reports=_reports(wb), model=wb.model(), top=top, on_step=_telling(wb))
    return _analysis(wb, done, case.name, begun)


def _moment(at: str | None) -> int | None:
    return None if at is None else parse_at(at, "at")


def _analysis(wb: Workbench, done: Investigation, scope: str, begun: float) -> Analysis:
    from workbench.report.incident import known_modes
    from workbench.store import sources, telemetry

    folder = Path(done.report.folder)
    diagnosis = done.diagnosis
    return Analysis(
        case=diagnosis.case,
        verdict=diagnosis.verdict,
        reason=diagnosis.reason,
        incident_id=done.incident_id or None,
        onset=iso(diagnosis.onset_unix_nano) if diagnosis.onset_unix_nano else None,
        causes=diagnosis.causes,
        known=known_modes(diagnosis),
        notable=diagnosis.notable,
        ruled_out=diagnosis.ruled_out,
        not_known=diagnosis.not_known,
        actions=[one.title for one in diagnosis.actions],
        summary=done.summary,
        worded_by=done.worded_by,
        rows=telemetry.count(wb.store, scope),
        rejected=sum(one.rejected for one in sources.latest(wb.store, 10_000) if one.scope == scope),
        files=[str(folder / name) for name in done.report.files],
        seconds=round(time.perf_counter() - begun, 3),
    )


def _reports(wb: Workbench) -> Path:
    # A workspace in memory has no folder; its reports go where the system keeps what may be thrown away.
    return wb.path / "reports" if wb.path else Path(tempfile.mkdtemp(prefix="causeway-reports-"))


def _telling(wb: Workbench) -> Callable[[StepRecord], None]:
    def told(step: StepRecord) -> None:
        wb.progress(step.seq + 1, STEPS, f"{step.name}: {step.summary}")

    return told


def _cause_lines(cause: Cause) -> list[str]:
    bar = "█" * round(cause.confidence * 10) + "░" * (10 - round(cause.confidence * 10))
    kind = f" ({cause.fault_type.replace('_', ' ')})" if cause.fault_type else ""
    first = f", first seen {iso(cause.first_seen_unix_nano)[11:19]}" if cause.first_seen_unix_nano else ""
    lines = [f"  {cause.rank}. {bar} {percent(cause.confidence):>5}  {cause.service_name}{kind}{first}"]
    shown = worth_telling(cause)[:3] if cause.rank == 1 or cause.independent else []
    return lines + [f"       {one.evidence_id or '-':<11} {one.summary}" for one in shown]
