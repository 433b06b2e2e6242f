"""Flows as documents."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from workbench.errors import BadInput, NotFound
from workbench.flow.graph import Flow, FlowEdge, FlowNode, new_id


def make(*edges: tuple[str, str]) -> Flow:
    names = dict.fromkeys(name for edge in edges for name in edge)
    nodes = [FlowNode(id=name, kind="tables.filter", settings={"condition": "x > 1"}) for name in names]
    return Flow(name="test", nodes=nodes, edges=[FlowEdge(source=a, target=b) for a, b in edges])


def test_a_flow_survives_saving(tmp_path: Path) -> None:
    flow = make(("a", "b"), ("b", "c")).model_copy(update={"description": "Ümläute"})

    flow.save(tmp_path / "x.flow.json")

    assert Flow.load(tmp_path / "x.flow.json") == flow
    assert list(tmp_path.iterdir()) == [tmp_path / "x.flow.json"]


def test_the_document_is_made_for_reading_diffs() -> None:
    flow = Flow(name="n", nodes=[FlowNode(id="a", kind="k", settings={"z": 1, "b": 2})])

    assert flow.to_json() == (
        '{\n  "name": "n",\n  "nodes": [\n    {\n      "id": "a",\n      "kind": "k",\n'
        '      "settings": {\n        "b": 2,\n        "z": 1\n      }\n    }\n  ]\n}\n'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param('{"name": "x",\n nodes}', "line 2: not JSON", id="not-json"),
        pytest.param("{}", "name: Field required", id="no-name"),
        pytest.param('{"name": "x", "steps": {}}', "steps: Extra inputs are not permitted", id="unknown-key"),
        pytest.param(
            '{"name": "x", "nodes": [{"id": "1 a", "kind": "k"}]}', r"nodes.0.id \(node '1 a'\): String", id="id"
        ),
        pytest.param('{"name": "x", "nodes": [{"id": "a"}]}', r"nodes.0.kind \(node 'a'\): Field", id="no-kind"),
        pytest.param('{"name": "x", "nodes": [3]}', "nodes.0: Input should be", id="no-node"),
        pytest.param("", "it is empty. A flow is a JSON object", id="empty"),
        pytest.param("[1]", "it is a list. A flow is a JSON object", id="list"),
        pytest.param(
            '{\n<<<<<<< HEAD\n"name": "x"\n=======\n"name": "y"\n>>>>>>> b\n}',
            "line 2: a merge was not finished: <<<<<<< HEAD. Keep one",
            id="merge",
        ),
        pytest.param(
            '{"name": 1, "run": {"restart": "maybe", "speed": 3}}',
            "name: Input.*; run.restart: Input.*; run.speed: Extra",
            id="all-faults",
        ),
    ],
)
def test_a_document_that_is_no_flow_says_where(text: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Flow.parse(text, where="x.flow.json")


def test_a_file_that_is_not_utf_8_says_at_which_byte(tmp_path: Path) -> None:
    path = tmp_path / "x.flow.json"
    path.write_bytes(b'{"name": "\xff"}')

    with pytest.raises(BadInput, match=r"byte 11 is not UTF-8\. Save it as UTF-8"):
        Flow.load(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no flow"):
        Flow.load(tmp_path / "none.flow.json")


def test_order_puts_sources_first() -> None:
    assert make(("b", "c"), ("a", "b"), ("a", "c")).order() == ["a", "b", "c"]


def test_a_circle_names_its_nodes() -> None:
    with pytest.raises(BadInput, match=r"circle: (a -> b -> a|b -> a -> b)"):
        make(("a", "b"), ("b", "a")).order()


def test_wires_by_port() -> None:
    flow = make(("a", "c"), ("b", "c"))

    assert flow.wires("c") == {"rows": ["a", "b"]}


def test_settings_can_be_changed_in_a_copy() -> None:
    flow = make(("a", "b"))

    changed = flow.with_settings({"a": {"condition": "y > 2"}})

    assert [node.settings["condition"] for node in changed.nodes] == ["y > 2", "x > 1"]
    assert flow.node("a").settings["condition"] == "x > 1"
    with pytest.raises(NotFound, match=r"no node 'z'\. The flow has a, b"):
        flow.with_settings({"z": {}})


@pytest.mark.parametrize(
    ("taken", "expected"), [(set(), "filter"), ({"filter"}, "filter_2"), ({"filter", "filter_2"}, "filter_3")]
)
def test_new_ids_are_free(taken: set[str], expected: str) -> None:
    assert new_id("tables.filter", taken) == expected


def test_reading_and_writing_flows_needs_no_pathway() -> None:
    code = (
        "import sys; from workbench.flow.graph import Flow; from workbench.flow import check, findings, expression;"
        'Flow.parse(\'{"name": "x"}\').to_json();'
        "print([name for name in ('pathway', 'pandas') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_unknown_types_of_nodes_do_not_hinder_reading() -> None:
    document: dict[str, Any] = {"name": "x", "nodes": [{"id": "a", "kind": "of.tomorrow", "settings": {"new": 1}}]}

    assert Flow.model_validate(document).nodes[0].kind == "of.tomorrow"
