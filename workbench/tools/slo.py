"""Service-level objectives: how they stand, how that was computed, and incidents of budgets that burn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.detect.slo.model import Slo
from workbench.detect.slo.read import Reading
from workbench.detect.slo.status import Status
from workbench.facts.evidence import Frozen
from workbench.facts.incident import Incident
from workbench.guard.tool import tool
from workbench.tools.texts import columns, count, one_line, utc
from workbench.tools.times import parse_at

if TYPE_CHECKING:
    from workbench.core import Workbench

_NONE = (
    "No objectives yet. Put OpenSLO or sloth files into {folder}, or type\n\n"
    "   causeway slo import --sample\n\nfor those of the simulated shop. docs/slo.md tells how to write one."
)
_SHOWN_PERIODS = 13


class Objectives(Frozen):
    """The objectives of a workspace and how they stand."""

    folder: str
    """Where their files lie; '' for a workspace in memory."""
    at_unix_nano: int | None
    """The moment that all of them are told for: the end of the telemetry."""
    objectives: list[Status]
    faults: list[str] = []
    """What is wrong in the files, one sentence each; objectives with a fault are left out."""
    notes: list[str] = []

    def text(self) -> str:
        """Return one line for each objective."""
        parts = []
        if self.objectives:
            head = ("OBJECTIVE", "STATE", "TARGET", "COMPLIANCE", "BUDGET LEFT", "BURN 1 h", "BURN 6 h", "WINDOW")
            parts.append(columns(head, [_row(one) for one in self.objectives], right=(2, 3, 4, 5, 6)))
            parts.append(f"As of {utc(self.at_unix_nano)}.")
            parts += [f"{one.slo.key}: {one.reason}." for one in self.objectives if one.reason]
        elif not self.faults:
            parts.append(_NONE.format(folder=self.folder or "the workspace's folder slos"))
        parts += ["\n".join(["Faults:", *(f"  {one}" for one in self.faults)])] * bool(self.faults)
        parts += ["\n".join(["Notes:", *(f"  {one}" for one in self.notes)])] * bool(self.notes)
        return "\n\n".join(parts)


class Objective(Frozen):
    """One objective in full."""

    status: Status

    def text(self) -> str:
        """Return how it stands and how that was computed."""
        one, slo = self.status, self.status.slo
        title = f"{slo.key}  {slo.display_name}".rstrip()
        lines = [title, *([slo.description.strip()] * bool(slo.description))]
        lines += ["", f"State: {one.state}" + (f", {one.reason}" if one.reason else "") + f". Read from {slo.origin}."]
        lines += ["", *(f"  {line}" for line in one.how)] * bool(one.how)
        if one.alerts:
            rows = [
                (state.name, "fires" if state.firing else "quiet" if state.judged else "too young",
                 " and ".join(state.windows), f"{state.limit:.3g}",
                 " and ".join("-" if rate is None else f"{rate:.3g}" for rate in state.burn_rates),
                 utc(state.begins[-1]) if state.begins else "-")
                for state in one.alerts
            ]  # fmt: skip
            lines += ["", columns(("ALERT", "STATE", "WINDOWS", "FROM", "BURN RATES", "LAST BEGAN"), rows, right=(3,))]
        return "\n".join(lines + _history(one))


class Report(Frozen):
    """All objectives, period by period."""

    objectives: list[Status]
    faults: list[str] = []

    def text(self) -> str:
        """Return each objective with its history and how its budget was computed, as Markdown."""
        if not self.objectives and not self.faults:
            return "No objectives yet. `causeway slo import --sample` brings those of the simulated shop."
        parts = ["# Service-level objectives"]
        for one in self.objectives:
            parts.append(f"## {one.slo.key}: {one.state}")
            parts.append(one.slo.description.strip() or one.slo.display_name or one.reason)
            parts += ["\n".join(f"- {line}" for line in one.how)] * bool(one.how)
            parts += ["\n".join(_markdown(one))] * bool(one.history)
        parts += ["\n".join(["## Faults", "", *(f"- {one}" for one in self.faults)])] * bool(self.faults)
        return "\n\n".join(part for part in parts if part)


class Checked(Frozen):
    """What a check found."""

    at_unix_nano: int | None
    burning: list[str]
    """Objectives with an alert that fires now."""
    exhausted: list[str]
    """Objectives whose budget is gone."""
    anomalies: int
    """How often an alert was noted in all of the telemetry."""
    incidents: list[Incident]
    """Incidents that took something in; a second check of the same telemetry has none."""
    faults: list[str] = []

    @property
    def exit_code(self) -> int:
        """1 when a budget burns or is gone, or a file has faults."""
        return int(bool(self.burning or self.exhausted or self.faults))

    def text(self) -> str:
        """Return what burns and which incidents that made."""
        lines = [f"Checked as of {utc(self.at_unix_nano)}."]
        lines += [f"Burning: {', '.join(self.burning)}."] * bool(self.burning)
        lines += [f"Budget gone: {', '.join(self.exhausted)}."] * bool(self.exhausted)
        if not self.burning and not self.exhausted:
            lines.append("No budget burns too fast.")
        lines.append(f"{count(self.anomalies, 'note', 'notes')} of alerts; {self._opened()}")
        lines += [f"  {one.incident_id}  {one.severity}  {one_line(one.title, 90)}" for one in self.incidents]
        lines += self.faults
        if self.incidents:
            lines += ["", f"Next    causeway incident {self.incidents[0].incident_id}"]
        return "\n".join(lines)

    def _opened(self) -> str:
        return f"{count(len(self.incidents), 'incident')} opened or extended." if self.incidents else "no new incident."


@tool(risk="read", command="slo list")
def slos(
    wb: Workbench,
    file: list[Path] = [],  # noqa: B006 - a tool's defaults are read, never changed
    scope: str | None = None,
    at: str | None = None,
) -> Objectives:
    """List the objectives with compliance, error budget and burn rates.

    Args:
        file: Read these files or folders instead of the workspace's folder slos.
        scope: Count in this data set only.
        at: The moment to tell for, such as 2026-01-31T09:35:00Z. [default: the end of the telemetry]
    """
    reading, found = _assessed(wb, file, scope, at)
    return Objectives(
        folder=str(wb.path / "slos") if wb.path else "",
        at_unix_nano=next((one.at_unix_nano for one in found if one.at_unix_nano), None),
        objectives=found,
        faults=[one.text() for one in reading.faults],
        notes=reading.notes,
    )


@tool(risk="read", command="slo show", positional=("name",))
def slo(
    wb: Workbench,
    name: str,
    file: list[Path] = [],  # noqa: B006
    scope: str | None = None,
    at: str | None = None,
) -> Objective:
    """Show one objective: how its budget was computed, its alerts, its history.

    Args:
        name: Name of the objective, or service/name.
        file: Read these files or folders instead of the workspace's folder slos.
        scope: Count in this data set only.
        at: The moment to tell for. [default: the end of the telemetry]
    """
    from workbench.detect.slo.workspace import assess_all, find, read_workspace

    one = find(read_workspace(wb.path, file), name)
    return Objective(status=assess_all(wb.store, [one], scope=scope, at_unix_nano=_moment(at))[0][0])


@tool(risk="read", command="slo report")
def slo_report(
    wb: Workbench,
    file: list[Path] = [],  # noqa: B006
    scope: str | None = None,
    at: str | None = None,
) -> Report:
    """Report all objectives period by period, with how each budget was computed.

    Args:
        file: Read these files or folders instead of the workspace's folder slos.
        scope: Count in this data set only.
        at: The moment to tell for. [default: the end of the telemetry]
    """
    reading, found = _assessed(wb, file, scope, at)
    return Report(objectives=found, faults=[one.text() for one in reading.faults])


@tool(risk="write", command="slo check")
def slo_check(
    wb: Workbench,
    file: list[Path] = [],  # noqa: B006
    scope: str | None = None,
    at: str | None = None,
    open_incidents: bool = True,
) -> Checked:
    """Check all objectives and open incidents for budgets that burn; ends with 1 when one burns or is gone.

    Args:
        file: Read these files or folders instead of the workspace's folder slos.
        scope: Count in this data set only.
        at: The moment to tell for. [default: the end of the telemetry]
        open_incidents: Store what the alerts noted, and open incidents.
    """
    from workbench.detect.slo.watch import open_burn_incidents
    from workbench.detect.slo.workspace import anomalies_of, assess_all, read_workspace

    reading = read_workspace(wb.path, file)
    assessed = assess_all(wb.store, reading.slos, scope=scope, at_unix_nano=_moment(at))
    anomalies = anomalies_of(wb.store, assessed, scope)
    statuses = [status for status, _ in assessed]
    return Checked(
        at_unix_nano=next((one.at_unix_nano for one in statuses if one.at_unix_nano), None),
        burning=[one.slo.key for one in statuses if any(state.firing for state in one.alerts)],
        exhausted=[one.slo.key for one in statuses if one.state == "exhausted"],
        anomalies=len(anomalies),
        incidents=open_burn_incidents(wb.store, anomalies) if open_incidents else [],
        faults=[one.text() for one in reading.faults],
    )


def _assessed(wb: Workbench, file: list[Path], scope: str | None, at: str | None) -> tuple[Reading, list[Status]]:
    from workbench.detect.slo.workspace import assess_all, read_workspace

    reading = read_workspace(wb.path, file)
    found = assess_all(wb.store, reading.slos, scope=scope, at_unix_nano=_moment(at))
    return reading, [status for status, _ in found]


def _moment(at: str | None) -> int | None:
    return parse_at(at, "at") if at else None


def _row(one: Status) -> tuple[str, ...]:
    left = one.budget.left_share if one.budget else None
    return (
        one.slo.key,
        one.state,
        f"{one.slo.objective:g} %",
        _percent(one.compliance),
        "-" if left is None else f"{100 * left:.1f} %",
        _burn(one, 3600),
        _burn(one, 6 * 3600),
        _window(one.slo),
    )


def _burn(one: Status, seconds: int) -> str:
    rate = next((burn.rate for burn in one.burn_rates if burn.window_s == seconds), None)
    return "-" if rate is None else f"{rate:.3g}"


def _window(slo: Slo) -> str:
    from workbench.detect.slo.words import window_words

    return window_words(slo)


def _percent(value: float | None) -> str:
    from workbench.detect.slo.words import percent

    return "-" if value is None else percent(value, 3)


def _history(one: Status) -> list[str]:
    if not one.history:
        return []
    rows = [
        (period.label, _percent(period.compliance), {True: "met", False: "missed", None: "-"}[period.met],
         "-" if period.left_share is None else f"{100 * period.left_share:.1f} %",
         f"{period.total - period.good:,.6g} of {period.total:,.6g}", "" if period.complete else "in part")
        for period in one.history[-_SHOWN_PERIODS:]
    ]  # fmt: skip
    head = ("PERIOD", "COMPLIANCE", "OBJECTIVE", "BUDGET LEFT", "BAD", "KNOWN")
    more = len(one.history) - len(rows)
    return ["", columns(head, rows, right=(1, 3, 4)), *([f"... and {count(more, 'earlier period')}"] * bool(more))]


def _markdown(one: Status) -> list[str]:
    lines = ["| period | compliance | objective | budget left |", "| --- | ---: | --- | ---: |"]
    for period in one.history:
        met = {True: "met", False: "missed", None: "not known"}[period.met]
        left = "-" if period.left_share is None else f"{100 * period.left_share:.1f} %"
        part = "" if period.complete else " (in part)"
        lines.append(f"| {period.label}{part} | {_percent(period.compliance)} | {met} | {left} |")
    return lines
