"""Finds in the events that a flow stores those that ask for an incident."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.semconv import Table

OPEN = "incident.open"
"""Name of events that open an incident; `detectors.incident_opener` puts them out."""
SCORE = 0.75
"""Of an event that says none: worth a page, or it would not ask."""


def asked_for(table: str, rows: pa.Table, scope: str, flow_name: str) -> list[Anomaly]:
    """Return what a batch of stored rows wants an incident to be opened for.

    Args:
        table: Table of the workspace; only `events` asks for incidents.
        rows: With the columns of that table; what is missing has a default.
        scope: The data set of the rows.
        flow_name: Who asks.
    """
    if table != Table.EVENTS or "event_name" not in rows.column_names:
        return []
    found = rows.filter(pc.equal(rows["event_name"], OPEN)).to_pylist()
    return [_anomaly(row, scope, flow_name) for row in found]


def _anomaly(row: dict[str, Any], scope: str, flow_name: str) -> Anomaly:
    said = _attributes(row.get("attributes"))
    kind, score, service = said.get("kind"), said.get("score"), row.get("service_name") or ""
    return Anomaly(
        detector=f"flow:{flow_name}",
        kind=IncidentKind(kind) if kind in set(IncidentKind) else IncidentKind.ERROR,
        service_name=service,
        time_unix_nano=row["time_unix_nano"],
        score=float(score) if isinstance(score, int | float) else SCORE,
        summary=row.get("summary") or f"the flow {flow_name} opened an incident" + f" of {service}" * bool(service),
        scope=scope,
    )


def _attributes(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
