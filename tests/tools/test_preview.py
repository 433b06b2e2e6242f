"""A preview through the tool: what it says about sources that it must not read."""

from __future__ import annotations

import json
import socket
import sqlite3
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


def test_rows_that_fail_on_the_way_are_told_once_with_the_node_where_they_failed(tmp_path: Path) -> None:
    nodes = [
        *NUMBERS["nodes"][:1],
        {"id": "share", "kind": "tables.select", "settings": {"columns": {"share": "10 / n"}}},
        {"id": "large", "kind": "tables.filter", "settings": {"condition": "share > 1.0"}},
    ]
    edges = [{"source": "read", "target": "share"}, {"source": "share", "target": "large"}]
    (tmp_path / "shares.flow.json").write_text(json.dumps({"name": "shares", "nodes": nodes, "edges": edges}))
    (tmp_path / "gone.csv").write_text("n\n" + "".join(f"{n}\n" for n in (0, 2, 5, 0, 20)))

    with open_workbench(tmp_path) as wb:
        found: Preview = wb.call("flow_preview", flow=str(tmp_path / "shares.flow.json"), node="large")

    assert sorted(row["share"] for row in found.rows) == [2, 5]
    assert found.errors == ["share: division by zero (2 rows)"]
    assert found.text().endswith("2 rows of 2\n  share: division by zero (2 rows)")


def test_rows_that_a_source_rejects_are_counted_with_the_first_reason(tmp_path: Path) -> None:
    (tmp_path / "numbers.flow.json").write_text(json.dumps(NUMBERS))
    (tmp_path / "gone.csv").write_text("n\n1\nmany\n3\nfew\n")

    with open_workbench(tmp_path) as wb:
        found: Preview = wb.call("flow_preview", flow=str(tmp_path / "numbers.flow.json"), node="twice")

    assert sorted(row["twice"] for row in found.rows) == [2, 6]
    [said] = found.errors
    assert said.startswith("read: 2 rows were rejected, such as ")
    assert "line 3: " in said
    assert "many" in said


def test_a_preview_of_another_system_is_asked_anew_each_time(tmp_path: Path) -> None:
    settings = {"path": "shop.db", "table": "calls", "columns": {"n": "integer"}, "follow": False}
    flow = {"name": "calls", "nodes": [{"id": "read", "kind": "sources.sqlite", "settings": settings}], "edges": []}
    (tmp_path / "calls.flow.json").write_text(json.dumps(flow))
    # In this mode a new row is in a file beside the database, which no setting names.
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("PRAGMA journal_mode = wal")
        database.execute("CREATE TABLE calls (n INTEGER PRIMARY KEY)")

    with open_workbench(tmp_path) as wb:
        before: Preview = wb.call("flow_preview", flow=str(tmp_path / "calls.flow.json"), node="read")
        with sqlite3.connect(tmp_path / "shop.db") as other:
            other.execute("INSERT INTO calls VALUES (7)")
        after: Preview = wb.call("flow_preview", flow=str(tmp_path / "calls.flow.json"), node="read")

    assert (before.rows, after.rows) == ([], [{"n": 7}])
