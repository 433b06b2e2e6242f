"""Columns of a flow before it runs, also of one with faults."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from workbench.engine.children import Children
from workbench.engine.seen import MOST, Seen, fingerprint
from workbench.engine.supervisor import Supervisor
from workbench.flow.columns import NodeSchema
from workbench.flow.graph import Flow

READ = {"path": "app.jsonl", "columns": {"service": "text", "ms": "integer", "at": "time"}}


def make(nodes: dict[str, tuple[str, dict[str, Any]]], *wires: str) -> Flow:
    ends = [wire.split(">") for wire in wires]
    return Flow.model_validate(
        {
            "name": "test",
            "nodes": [{"id": key, "kind": kind, "settings": settings} for key, (kind, settings) in nodes.items()],
            "edges": [
                {"source": source, "target": end.split(".")[0], "port": [*end.split("."), "rows"][1]}
                for source, end in ends
            ],
        }
    )


def told(schemas: dict[str, NodeSchema], node: str) -> list[str] | None:
    output = schemas[node].output
    return None if output is None else [column.text() for column in output]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.jsonl").write_text("")
    return tmp_path


def test_columns_flow_through_all_nodes(supervisor: Supervisor, folder: Path) -> None:
    flow = make(
        {
            "read": ("sources.jsonlines", READ),
            "calc": ("tables.select", {"columns": {"s": "ms / 1000"}, "drop": ["at"]}),
            "both": ("tables.join", {"on": {"service": "service"}, "how": "left"}),
            "write": ("sinks.jsonlines", {"path": "out.jsonl"}),
        },
        "read>calc", "calc>both.left", "read>both.right", "both>write",
    )  # fmt: skip

    schemas = supervisor.schemas(flow, folder=folder)

    assert told(schemas, "read") == ["service text", "ms integer", "at time"]
    assert told(schemas, "calc") == ["service text", "ms integer", "s number"]
    assert told(schemas, "both") == [
        "service text",
        "ms integer",
        "s number",
        "ms_right integer or none",
        "at time or none",
    ]
    assert told(schemas, "write") is None
    assert [column.name for column in schemas["both"].inputs["right"][0]] == ["service", "ms", "at"]
    assert not any(node.assumed for node in schemas.values())


def test_columns_behind_a_fault_are_what_they_most_likely_will_be(supervisor: Supervisor, folder: Path) -> None:
    flow = make(
        {
            "read": ("sources.jsonlines", {**READ, "path": "gone.jsonl"}),
            "calc": ("tables.select", {"columns": {"s": "ms /"}}),
            "keep": ("tables.filter", {"condition": "s > 5 and nothing == 1"}),
            "parse": ("tables.json_extract", {"column": "service", "fields": {"a": {"path": "a", "type": "time"}}}),
            "odd": ("no.such", {}),
            "after": ("tables.concat", {}),
        },
        "read>calc", "calc>keep", "keep>parse", "parse>after", "odd>after",
    )  # fmt: skip

    found = supervisor.inspect(flow, folder=folder)

    assert {(one.node, one.code) for one in found.findings if one.severity == "error"} == {
        ("read", "missing_file"),
        ("calc", "bad_expression"),
        ("odd", "unknown_kind"),
    }
    before = ["service text", "ms integer", "at time", "s unknown"]
    assert told(found.schemas, "keep") == before
    assert told(found.schemas, "after") == [*before, "a time"]
    assert {name for name, node in found.schemas.items() if node.assumed} == {"calc", "keep", "parse", "after"}


def test_a_fault_in_a_query_points_at_its_place(supervisor: Supervisor, folder: Path) -> None:
    flow = make(
        {"read": ("sources.jsonlines", READ), "ask": ("tables.sql", {"query": "SELECT mss FROM a"})}, "read>ask.a"
    )

    (fault,) = [one for one in supervisor.dry_build(flow, folder=folder) if one.severity == "error"]

    assert (fault.node, fault.field, fault.start, fault.end) == ("ask", "query", 7, 10)
    assert fault.text().splitlines()[1:] == ["    SELECT mss FROM a", "           ^^^"]


def test_nodes_beside_a_circle_are_known(supervisor: Supervisor, folder: Path) -> None:
    flow = make(
        {
            "read": ("sources.jsonlines", READ),
            "one": ("tables.filter", {"condition": "ms > 1"}),
            "two": ("tables.filter", {"condition": "ms > 1"}),
            "keep": ("tables.filter", {"condition": "ms > 1"}),
        },
        "one>two", "two>one", "read>keep",
    )  # fmt: skip

    schemas = supervisor.schemas(flow, folder=folder)

    assert told(schemas, "keep") == ["service text", "ms integer", "at time"]
    assert told(schemas, "one") is None


def test_what_was_seen_is_not_built_again(
    supervisor: Supervisor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = make({"read": ("sources.jsonlines", READ)})
    first = supervisor.schemas(flow, folder=folder)

    with monkeypatch.context() as patch:
        patch.setattr(Children, "spawn", lambda *_: pytest.fail("it was built again"))
        assert supervisor.schemas(flow, folder=folder) == first


def test_a_fingerprint_changes_with_what_columns_depend_on(folder: Path) -> None:
    flow = make({"read": ("sources.jsonlines", {**READ, "path": "*.jsonl"})})
    moved = flow.model_copy(update={"nodes": [flow.nodes[0].model_copy(update={"position": (1.0, 2.0)})]})
    before = fingerprint(flow, folder)

    assert fingerprint(moved, folder) == before
    assert fingerprint(flow.with_settings({"read": {"path": "a"}}), folder) != before
    os.utime(folder / "app.jsonl", ns=(1, 1))
    assert fingerprint(flow, folder) != before


def test_only_the_last_flows_are_remembered() -> None:
    seen = Seen()
    for number in range(MOST + 1):
        seen.put(str(number), {})

    assert seen.get("0") is None
    assert seen.get("1") == {}
