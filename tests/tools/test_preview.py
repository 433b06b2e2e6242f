"""A preview through the tool: what it says about sources that it must not read."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from tests.ports import free_port
from workbench import open_workbench
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
