"""How flows are written: columns keep their order, everything else has one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.flow.test_diff import flows
from workbench.engine.checkpoint import digest
from workbench.engine.seen import fingerprint
from workbench.flow.change import content_id, document
from workbench.flow.graph import Flow


def selecting(columns: dict[str, Any], **more: Any) -> Flow:
    node = {"id": "a", "kind": "tables.select", "settings": {"keep": False, "columns": columns}}
    return Flow.model_validate({"name": "n", "nodes": [node], **more})


def in_rows(value: Any) -> Any:
    """Return maps as lists of pairs, which are equal only when their order is."""
    if isinstance(value, dict):
        return [[name, in_rows(inner)] for name, inner in value.items()]
    return [in_rows(one) for one in value] if isinstance(value, list) else value


def sorted_maps(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted_maps(inner) for name, inner in sorted(value.items())}
    return [sorted_maps(one) for one in value] if isinstance(value, list) else value


@given(flows())
@settings(max_examples=100, deadline=None)
def test_a_flow_that_is_read_and_written_again_is_the_same_text(flow: Flow) -> None:
    text = flow.to_json()

    again = Flow.parse(text)

    assert again == flow
    assert again.to_json() == text
    assert content_id(again) == content_id(flow)


@given(flows())
@settings(max_examples=100, deadline=None)
def test_ids_of_flows_that_were_saved_sorted_are_what_they_were(flow: Flow) -> None:
    saved = Flow.model_validate(sorted_maps(document(flow)))

    before = json.dumps(document(saved), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert content_id(saved) == hashlib.sha256(before.encode()).hexdigest()
    assert saved.to_json() == json.dumps(document(saved), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_columns_keep_their_order_and_it_counts(tmp_path: Path) -> None:
    flow, other = selecting({"z": "x", "a": {"y": 1, "b": 2}}), selecting({"a": {"y": 1, "b": 2}, "z": "x"})

    flow.save(tmp_path / "n.flow.json")

    kept = Flow.load(tmp_path / "n.flow.json").nodes[0].settings
    assert in_rows(kept) == [["columns", [["z", "x"], ["a", [["y", 1], ["b", 2]]]]], ["keep", False]]
    assert content_id(flow) != content_id(other)
    assert digest(flow, "") != digest(other, "")
    assert fingerprint(flow, tmp_path) != fingerprint(other, tmp_path)


@pytest.mark.parametrize(
    ("columns", "written"),
    [
        pytest.param({"b": "1", "a": "2"}, ["b", "a"], id="names"),
        pytest.param({"b": "1", "404": "2", "9": "3"}, ["404", "9", "b"], id="a-browser-cannot-keep-these"),
        pytest.param({"b": "1", "01": "2", "a": "3"}, ["b", "01", "a"], id="no-number-for-a-browser"),
    ],
)
def test_names_that_are_numbers_are_sorted(columns: dict[str, Any], written: list[str]) -> None:
    assert list(json.loads(selecting(columns).to_json())["nodes"][0]["settings"]["columns"]) == written


def test_only_settings_of_nodes_keep_an_order() -> None:
    inner = {"id": "a", "kind": "tables.select", "settings": {"columns": {"z": "1", "a": "2"}}}
    note = {"id": "n", "settings": {"rows": {"z": 1, "a": 2}}}
    flow = selecting({}, notes=[note], parts={"settings": {"output": "a", "nodes": [inner]}})

    said = json.loads(flow.to_json())

    assert list(said["notes"][0]["settings"]["rows"]) == ["a", "z"]
    assert list(said["parts"]["settings"]) == ["nodes", "output"]
    assert list(said["parts"]["settings"]["nodes"][0]["settings"]["columns"]) == ["z", "a"]
