"""Findings: every fault at once, each with its place and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from workbench.flow.catalog import load_catalog
from workbench.flow.check import check
from workbench.flow.fields import Secret, marked
from workbench.flow.findings import Finding, did_you_mean
from workbench.flow.graph import Flow
from workbench.flow.node import Node

COLUMNS = {"time_unix_nano": "integer", "body": "text"}
READ: dict[str, Any] = {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "a.jsonl", "columns": COLUMNS}}
WRITE: dict[str, Any] = {"id": "write", "kind": "sinks.jsonlines", "settings": {"path": "out.jsonl"}}


def filter_(**settings: Any) -> dict[str, Any]:
    return {"id": "keep", "kind": "tables.filter", "settings": settings or {"condition": "body == 'x'"}}


def find(folder: Path, nodes: list[dict[str, Any]], wires: list[str]) -> list[Finding]:
    """Check a flow whose wires are written as source>target or source>target.port."""
    edges = []
    for wire in wires:
        source, _, end = wire.partition(">")
        target, _, port = end.partition(".")
        edges.append({"source": source, "target": target, "port": port or "rows"})
    flow = Flow.model_validate({"name": "test", "nodes": nodes, "edges": edges})
    return check(flow, load_catalog(), folder=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.jsonl").write_text("")
    return tmp_path


def test_a_good_flow_has_no_findings(folder: Path) -> None:
    assert find(folder, [READ, filter_(), WRITE], ["read>keep", "keep>write"]) == []


@pytest.mark.parametrize(
    ("nodes", "wires", "expected"),
    [
        pytest.param([], [], ("", "", "empty"), id="empty"),
        pytest.param([READ, READ, WRITE], ["read>write"], ("read", "", "duplicate_id"), id="duplicate-id"),
        pytest.param(
            [READ, {"id": "x", "kind": "table.filter"}, WRITE],
            ["read>write"],
            ("x", "kind", "unknown_kind"),
            id="unknown-kind",
        ),
        pytest.param(
            [READ, filter_(conditions="x"), WRITE],
            ["read>keep", "keep>write"],
            ("keep", "conditions", "unknown_setting"),
            id="unknown-setting",
        ),
        pytest.param(
            [READ, filter_(condition=3), WRITE],
            ["read>keep", "keep>write"],
            ("keep", "condition", "bad_setting"),
            id="bad-setting",
        ),
        pytest.param(
            [READ, filter_(condition="a +"), WRITE],
            ["read>keep", "keep>write"],
            ("keep", "condition", "bad_expression"),
            id="bad-expression",
        ),
        pytest.param(
            [READ, WRITE, filter_()],
            ["read>write", "keep>write.x"],
            ("keep", "rows", "missing_wire"),
            id="missing-wire",
        ),
        pytest.param(
            [READ, WRITE], ["read>write", "read>write"], ("write", "rows", "duplicate_wire"), id="duplicate-wire"
        ),
        pytest.param(
            [READ, WRITE], ["read>write", "read>write.left"], ("write", "left", "unknown_port"), id="unknown-port"
        ),
        pytest.param([READ, WRITE], ["read>write", "raed>write.rows"], ("raed", "", "unknown_node"), id="unknown-node"),
        pytest.param(
            [READ, WRITE, filter_()], ["read>write", "write>keep"], ("write", "", "no_output"), id="no-output"
        ),
        pytest.param([filter_(), WRITE], ["keep>keep", "keep>write"], ("keep", "", "cycle"), id="cycle"),
        pytest.param(
            [{**READ, "settings": {"path": "b.jsonl", "columns": COLUMNS}}, WRITE],
            ["read>write"],
            ("read", "path", "missing_file"),
            id="missing-file",
        ),
        pytest.param(
            [READ, {**WRITE, "settings": {"path": "no/out.jsonl"}}],
            ["read>write"],
            ("write", "path", "missing_folder"),
            id="missing-folder",
        ),
        pytest.param([READ], [], ("read", "", "unread"), id="unread"),
    ],
)
def test_each_fault_is_found_at_its_place(
    folder: Path, nodes: list[dict[str, Any]], wires: list[str], expected: tuple[str, str, str]
) -> None:
    found = find(folder, nodes, wires)

    assert expected in [(finding.node, finding.field, finding.code) for finding in found]


def test_all_faults_are_told_at_once(folder: Path) -> None:
    read = {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "none", "columns": {"id": "text"}}}

    found = find(folder, [read, filter_(condition="(", more=1), {"id": "x", "kind": "nope"}], [])

    assert {(finding.node, finding.code) for finding in found} >= {
        ("read", "bad_setting"),
        ("keep", "unknown_setting"),
        ("keep", "missing_wire"),
        ("x", "unknown_kind"),
    }


def test_findings_say_how_to_mend(folder: Path) -> None:
    nodes = [READ, {"id": "keep", "kind": "tables.fliter", "settings": {}}, WRITE]

    (finding,) = (one for one in find(folder, nodes, ["read>keep", "keep>write"]) if one.code == "unknown_kind")

    assert finding.text() == ("error: keep.kind: there is no node type 'tables.fliter'. Did you mean 'tables.filter'?")


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        pytest.param({"size_s": 10}, ["grows"], id="forgets-nothing"),
        pytest.param({"size_s": 10, "cutoff_s": 60}, [], id="forgets"),
    ],
)
def test_an_endless_input_needs_a_window_that_forgets(folder: Path, settings: dict[str, Any], codes: list[str]) -> None:
    tail = {"id": "read", "kind": "sources.log_tail", "settings": {"path": "a.jsonl"}}
    settings = settings | {"time_column": "read_unix_nano"}
    window = {"id": "window", "kind": "windows.tumbling", "settings": settings}

    found = find(folder, [tail, window, WRITE], ["read>window", "window>write"])

    assert [finding.code for finding in found] == codes
    assert all(finding.severity == "warning" for finding in found)


def test_a_window_on_a_file_may_keep_everything(folder: Path) -> None:
    window = {"id": "window", "kind": "windows.tumbling", "settings": {"size_s": 10}}

    assert find(folder, [READ, window, WRITE], ["read>window", "window>write"]) == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [("staus", "Did you mean 'status'?"), ("zzz", "There is service, status.")],
)
def test_did_you_mean(word: str, expected: str) -> None:
    assert did_you_mean(word, ["status", "service"]) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("tables.gone", "There is tables.cast, tables.join."),
        ("tables.jion", "Did you mean 'tables.join'?"),
        ("table.join", "Did you mean 'tables.join'?"),
        ("sinks.gone", "There is sinks.null."),
    ],
)
def test_a_group_in_front_makes_no_names_alike(word: str, expected: str) -> None:
    assert did_you_mean(word, ["tables.join", "tables.cast", "sinks.null"]) == expected


class Account(BaseModel):
    token: Secret


def test_a_secret_is_only_ever_a_reference() -> None:
    assert Account(token="${secret:github_token}").token == "${secret:github_token}"
    with pytest.raises(ValueError, match="a flow holds no secrets"):
        Account(token="ghp_123")


def test_a_secret_is_not_repeated_in_a_finding(folder: Path) -> None:
    class Uploader(Node):
        """Upload."""

        token: Secret

        def build(self, rows: Any) -> None:
            return

    flow = Flow.model_validate({"name": "x", "nodes": [{"id": "up", "kind": "up", "settings": {"token": "ghp_123"}}]})

    (finding,) = (one for one in check(flow, {"up": Uploader}, folder=folder) if one.code == "bad_setting")

    assert finding.message == "a flow holds no secrets; write a reference such as ${secret:NAME}."


def test_what_is_wrong_of_a_node_as_a_whole_is_told_without_a_list_of_its_settings(folder: Path) -> None:
    settings = {"path": "shop.db", "table": "calls", "columns": {"n": "integer"}}
    nodes = [{"id": "read", "kind": "sources.sqlite", "settings": settings}]

    (finding,) = (one for one in find(folder, nodes, []) if one.code == "bad_setting")

    assert finding.message.startswith("following a table needs the column `increasing`")


GROWING = {
    "tables.asof_join": {},
    "tables.deduplicate": {"by": ["a"]},
    "tables.difference": {"on": {"a": "a"}},
    "tables.group": {},
    "tables.intersect": {"on": {"a": "a"}},
    "tables.join": {"on": {"a": "a"}},
    "tables.limit": {"order": ["a"]},
    "tables.pivot": {"by": ["a"], "name": "b", "values": {"x": "x"}},
    "tables.sort": {"order": ["a"]},
    "tables.sql": {"query": "SELECT count(*) AS n FROM a"},
    "tables.union": {"distinct": True},
    "tables.update_cells": {"key": ["a"]},
    "tables.update_rows": {"key": ["a"]},
    "windows.interval_join": {"from_s": 0, "to_s": 1},
    "windows.session": {"gap_s": 1, "cutoff_s": 5},
    "windows.sliding": {"size_s": 2, "step_s": 1},
    "windows.tumbling": {"size_s": 1},
    "windows.window_join": {"size_s": 1},
}


def test_every_table_and_time_node_that_keeps_its_rows_says_so() -> None:
    mine = {kind: node for kind, node in load_catalog().items() if kind.startswith(("tables.", "windows."))}

    assert {kind for kind, node in mine.items() if "grows" in vars(node) or kind.startswith("windows.")} == set(GROWING)
    assert all(mine[kind].model_validate(settings).grows for kind, settings in GROWING.items())


def test_marked_settings_are_found_at_any_depth() -> None:
    node = load_catalog()["tables.group"]
    settings = {"by": ["service"], "aggregates": {"slow": {"function": "sum", "column": "ms", "where": "ms > 2"}}}

    found = marked(node.model_json_schema(), node.model_validate(settings).model_dump(mode="json"))

    assert [(item.field, item.format, item.value) for item in found] == [
        ("by.0", "column", "service"),
        ("aggregates.slow", "new-column", "slow"),
        ("aggregates.slow.column", "column", "ms"),
        ("aggregates.slow.where", "expression", "ms > 2"),
    ]
