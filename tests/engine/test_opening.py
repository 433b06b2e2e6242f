"""Events of a flow that ask for an incident."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from tests.engine.flows import COLUMNS, make_flow, write_lines
from workbench.engine.opening import asked_for
from workbench.engine.supervisor import Supervisor
from workbench.errors import BadInput
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.store import runs
from workbench.store.db import Store

OPENS = {"time_unix_nano": "time_unix_nano", "event_name": '"incident.open"', "service_name": "service_name"}


def test_only_events_of_that_name_ask() -> None:
    said = json.dumps({"kind": "latency", "score": 0.9})
    rows = pa.table(
        {
            "time_unix_nano": [1, 2, 3],
            "event_name": ["deploy", "incident.open", "incident.open"],
            "service_name": ["a", "b", None],
            "summary": ["x", "b is slow", ""],
            "attributes": ["", said, "no json"],
        }
    )

    found = asked_for("events", rows, "run-1", "watch")

    assert [(one.service_name, one.kind, one.score, one.summary) for one in found] == [
        ("b", IncidentKind.LATENCY, 0.9, "b is slow"),
        ("", IncidentKind.ERROR, 0.75, "the flow watch opened an incident"),
    ]
    assert {(one.detector, one.scope) for one in found} == {("flow:watch", "run-1")}
    assert asked_for("logs", rows, "run-1", "watch") == []


def test_a_flow_that_stores_such_an_event_has_an_incident_opened(tmp_path: Path) -> None:
    write_lines(tmp_path, 0, 3)
    flow = make_flow(
        ("read", "sources.jsonlines", {"path": "app.jsonl", "columns": COLUMNS}),
        ("ask", "tables.select", {"columns": OPENS}),
        ("keep", "sinks.workspace_table", {"table": "events"}),
    )
    asked: list[Anomaly] = []

    def opens(found: object) -> None:
        asked.extend(found)
        raise BadInput("the rules have faults")

    with Store.open(None) as store:
        supervisor = Supervisor(store, opens=opens)
        run = supervisor.run(flow, folder=tmp_path)
        supervisor.close()
        errors = [one.message for one in runs.errors(store, run.run_id)]

    assert run.status == "succeeded"
    assert sorted(one.service_name for one in asked) == ["service-0", "service-1", "service-2"]
    assert errors == ["no incident was opened: the rules have faults"]
