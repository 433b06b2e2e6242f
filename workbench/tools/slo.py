"""Service-level objectives: how they stand, how that was computed, and incidents of budgets that burn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.detect.slo.read import Reading
from workbench.detect.slo.status import Status
from workbench.guard.tool import tool
from workbench.tools.slo_shown import Checked, Objective, Objectives, Report
from workbench.tools.times import parse_at

if TYPE_CHECKING:
    from workbench.core import Workbench


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
