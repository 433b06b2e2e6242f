"""How objectives, their reports and checks are shown to people."""

from __future__ import annotations

from workbench.detect.slo.status import Status
from workbench.detect.slo.words import amount, percent, window_words
from workbench.facts.evidence import Frozen
from workbench.facts.incident import Incident
from workbench.tools.texts import columns, count, one_line, utc

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
            parts += [f"As of {utc(self.at_unix_nano)}."] * (self.at_unix_nano is not None)
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
        lines = [f"Checked as of {utc(self.at_unix_nano)}." if self.at_unix_nano else "There is no telemetry to check."]
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


def _row(one: Status) -> tuple[str, ...]:
    left = one.budget.left_share if one.budget else None
    return (
        one.slo.key,
        one.state,
        f"{one.slo.objective:g} %",
        _percent(one.compliance),
        "-" if left is None else f"{100 * left:.1f} %",
        one.page_rate(0),
        one.page_rate(1),
        window_words(one.slo),
    )


def _percent(value: float | None) -> str:
    return "-" if value is None else percent(value, 3)


def _history(one: Status) -> list[str]:
    if not one.history:
        return []
    rows = [
        (period.label, _percent(period.compliance), {True: "met", False: "missed", None: "-"}[period.met],
         "-" if period.left_share is None else f"{100 * period.left_share:.1f} %",
         f"{amount(period.total - period.good)} of {amount(period.total)}", "" if period.complete else "in part")
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
