"""A preview through the tool: what it says about sources that it must not read."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.ports import free_port
from workbench import open_workbench
from workbench.errors import BadInput
from workbench.tools.preview import Preview


def test_a_preview_opens_no_port_and_says_so(tmp_path: Path) -> None:
    port = free_port()
    nodes = [
        {"id": "hook", "kind": "sources.alertmanager_webhook", "settings": {"port": port}},
        {"id": "some", "kind": "tables.filter", "settings": {"condition": "true"}},
    ]
    flow = {"name": "hook", "nodes": nodes, "edges": [{"source": "hook", "target": "some"}]}
    (tmp_path / "hook.flow.json").write_text(json.dumps(flow))

    # Somebody else has the port: a preview that wanted it would fail.
    with socket.create_server(("127.0.0.1", port)), open_workbench(tmp_path) as wb:
        found: Preview = wb.call("flow_preview", flow=str(tmp_path / "hook.flow.json"), node="some")

    assert (found.total, found.errors) == (0, [])
    assert {"event_name", "summary"} <= {column.name for column in found.columns}
    assert found.notes == [
        "hook: not opened, because what was sent to a preview would be lost; run the flow with --tap to see its rows"
    ]
    assert "note: hook: not opened" in found.text()


NUMBERS = {
    "name": "numbers",
    "nodes": [
        {"id": "read", "kind": "sources.csv_file", "settings": {"path": "gone.csv", "columns": {"n": "integer"}}},
        {"id": "twice", "kind": "tables.select", "settings": {"columns": {"twice": "n * 2"}}},
    ],
    "edges": [{"source": "read", "target": "twice"}],
}
PINNED = {"columns": [{"name": "n", "type": "integer", "nullable": False}], "rows": [{"n": 1}, {"n": 21}]}


def test_pinned_rows_stand_for_a_node_that_then_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "numbers.flow.json").write_text(json.dumps(NUMBERS))

    with open_workbench(tmp_path) as wb:
        flow = str(tmp_path / "numbers.flow.json")
        found: Preview = wb.call("flow_preview", flow=flow, node="twice", pinned=json.dumps({"read": PINNED}))
        one = PINNED | {"rows": [{"n": 5}]}
        other: Preview = wb.call("flow_preview", flow=flow, node="twice", pinned=json.dumps({"read": one}))
        with pytest.raises(BadInput, match=r"read\.columns: Field required"):
            wb.call("flow_preview", flow=flow, node="twice", pinned='{"read": {"rows": []}}')

    assert sorted(row["twice"] for row in found.rows) == [2, 42]
    assert other.rows == [{"n": 5, "twice": 10}]
