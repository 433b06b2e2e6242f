"""The verbs that bring alerts into the workspace as signals, and that group what is in no incident yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.facts.incident import Incident
from workbench.guard.tool import tool
from workbench.tools.files import check_paths
from workbench.tools.texts import columns, count, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

_SHOWN = 20


class Correlated(Frozen):
    """What grouping has done."""

    scope: str | None
    signals: int
    """Signals that were given, firing or ended."""
    ended: int = 0
    """Words that a signal ended, among them."""
    left: list[str] = []
    """What could not be read, one sentence each."""
    incidents: list[Incident]
    """Incidents that took signals in."""
    free: int
    """Signals that are in no incident: held back or suppressed by a rule, or not firing."""

    def text(self) -> str:
        """Return the incidents, and what was left out."""
        ended = f", {self.ended} of them ended" if self.ended else ""
        lines = [f"{count(self.signals, 'signal')}{ended}; {self.free:,} in no incident."]
        if self.incidents:
            rows = [
                (one.incident_id, one.state, one.severity, utc(one.opened_unix_nano), one.anomaly_count,
                 one_line(one.title, 70))
                for one in self.incidents
            ]  # fmt: skip
            lines += ["", columns(("INCIDENT", "STATE", "SEVERITY", "BEGAN", "SIGNALS", "TITLE"), rows, right=(4,))]
        else:
            lines.append("No incident took a signal in.")
        lines += [f"left out: {text}" for text in self.left[:_SHOWN]]
        lines += [f"... and {len(self.left) - _SHOWN} more"] * (len(self.left) > _SHOWN)
        return "\n".join(lines)


@tool(risk="write", command="import-alerts", positional=("path",))
def import_alerts(wb: Workbench, path: list[Path], scope: str = "alerts") -> Correlated:
    """Read alerts of Alertmanager or Prometheus (JSON) as signals, and group them into incidents.

    An alert that is resolved ends its signal; the incident stays until somebody moves it. Importing again adds nothing.

    What calls what is taken from the telemetry of the data set, or of the whole workspace when it has none.

    Args:
        path: Files with a webhook payload, an answer of /api/v2/alerts or /api/v1/alerts, or one such object a line.
        scope: The data set that the signals belong to.
    """
    from workbench.detect.edges import edges_for_alerts
    from workbench.detect.group import open_incidents
    from workbench.flow.telemetry.alerts import signals_of_alerts
    from workbench.store import anomalies

    check_paths(path)
    signals, left = [], list[str]()
    for one in path:
        found, said = signals_of_alerts(_read(one), scope, one.name)
        signals += found
        left += said
    stored = anomalies.add(wb.store, signals)
    opened = open_incidents(wb.store, stored, grouping_s=wb.settings.incident_grouping_s, edges=edges_for_alerts)
    where = anomalies.incident_of(wb.store, [one.anomaly_id for one in stored])
    return Correlated(
        scope=scope,
        signals=len(where),
        ended=len({one.anomaly_id for one in stored if not one.firing}),
        left=left,
        incidents=opened,
        free=sum(not incident for incident in where.values()),
    )


@tool(risk="write")
def correlate(wb: Workbench, scope: str | None = None) -> Correlated:
    """Group the stored signals that are in no incident, by the rules of the workspace and the built-in grouping.

    Args:
        scope: Only signals of this data set.
    """
    from workbench.detect.edges import edges_for_alerts
    from workbench.detect.group import open_incidents
    from workbench.store import anomalies

    free = anomalies.without_incident(wb.store, scope)
    opened = open_incidents(wb.store, free, grouping_s=wb.settings.incident_grouping_s, edges=edges_for_alerts)
    left = len(anomalies.without_incident(wb.store, scope))
    return Correlated(scope=scope, signals=len(free), incidents=opened, free=left)


def _read(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"is neither JSON nor JSON lines: {error}", where=str(path)) from error
