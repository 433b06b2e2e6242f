"""Parts: flows inside of a flow."""

from __future__ import annotations

from typing import Any

from workbench.flow.catalog import load_catalog
from workbench.flow.check import check
from workbench.flow.graph import Flow
from workbench.flow.script import to_script

KEEP = {"id": "keep", "kind": "tables.filter", "settings": {"condition": "level == 'ERROR'"}}
CUT = {"id": "cut", "kind": "tables.select", "settings": {"columns": {"b": "body"}}}
CLEAN = {
    "nodes": [KEEP, CUT],
    "edges": [{"source": "keep", "target": "cut"}],
    "inputs": [{"name": "lines", "node": "keep"}],
    "output": "cut",
}
READ = {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "a.jsonl", "columns": {"body": "text"}}}
WRITE = {"id": "write", "kind": "sinks.jsonlines", "settings": {"path": "out.jsonl"}}


def flow(nodes: list[dict[str, Any]], wires: list[tuple[str, str, str]], parts: dict[str, Any]) -> Flow:
    edges = [{"source": source, "target": target, "port": port} for source, target, port in wires]
    return Flow.model_validate({"name": "shop", "nodes": nodes, "edges": edges, "parts": parts})


def use(node_id: str, part: str) -> dict[str, Any]:
    return {"id": node_id, "kind": f"flow:{part}"}


def wires(of: Flow) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.port) for edge in of.edges}


def test_the_nodes_of_a_part_take_the_place_of_the_one_that_stands_for_it() -> None:
    made = flow(
        [READ, use("tidy", "clean"), WRITE],
        [("read", "tidy", "lines"), ("tidy", "write", "rows")],
        {"clean": CLEAN},
    ).expanded()

    assert [node.id for node in made.nodes] == ["read", "tidy/keep", "tidy/cut", "write"]
    assert wires(made) == {
        ("read", "tidy/keep", "rows"),
        ("tidy/keep", "tidy/cut", "rows"),
        ("tidy/cut", "write", "rows"),
    }
    assert (made.parts, made.expanded()) == ({}, made)


def test_one_part_can_stand_twice() -> None:
    made = flow([use("a", "clean"), use("b", "clean")], [("a", "b", "lines")], {"clean": CLEAN}).expanded()

    assert wires(made) >= {("a/cut", "b/keep", "rows")}
    assert len(made.nodes) == 4


def test_an_input_goes_to_as_many_nodes_as_it_names_in_the_order_of_the_wires() -> None:
    both = {"id": "both", "kind": "tables.join", "settings": {"on": {"body": "body"}}}
    part = {
        "nodes": [both],
        "inputs": [{"name": "rows", "node": "both", "port": "left"}, {"name": "rows", "node": "both", "port": "right"}],
        "output": "both",
    }

    made = flow([READ, use("self", "pair")], [("read", "self", "rows")], {"pair": part}).expanded()

    assert [(edge.target, edge.port) for edge in made.edges] == [("self/both", "left"), ("self/both", "right")]


def test_parts_can_hold_parts() -> None:
    outer = {
        "nodes": [use("first", "clean"), WRITE],
        "edges": [{"source": "first", "target": "write"}],
        "inputs": [{"name": "rows", "node": "first", "port": "lines"}],
        "output": "first",
    }

    made = flow(
        [READ, use("all", "outer"), WRITE],
        [("read", "all", "rows"), ("all", "write", "rows")],
        {"clean": CLEAN, "outer": outer},
    ).expanded()

    assert wires(made) == {
        ("read", "all/first/keep", "rows"),
        ("all/first/cut", "write", "rows"),
        ("all/first/cut", "all/write", "rows"),
        ("all/first/keep", "all/first/cut", "rows"),
    }


def test_a_part_that_holds_itself_or_is_not_there_is_a_finding() -> None:
    circle = {"nodes": [use("again", "circle")], "inputs": [{"name": "rows", "node": "again"}], "output": "again"}
    made = flow([use("a", "circle"), use("b", "gone")], [("a", "b", "rows")], {"circle": circle}).expanded()

    found = check(made, load_catalog())

    told = {(one.node, one.code): one.message for one in found if one.code == "unknown_part"}
    assert told == {
        ("a/again", "unknown_part"): "the flow has no part 'circle', or the part holds itself.",
        ("b", "unknown_part"): "the flow has no part 'gone', or the part holds itself.",
    }


def test_a_wire_to_an_input_that_a_part_has_not_is_a_finding() -> None:
    made = flow([READ, use("tidy", "clean")], [("read", "tidy", "rows")], {"clean": CLEAN}).expanded()

    found = {(one.node, one.code) for one in check(made, load_catalog())}

    assert {("tidy/rows", "unknown_node"), ("tidy/keep", "missing_wire")} <= found


def test_a_setting_in_a_part_is_named_by_the_way_there() -> None:
    made = flow([use("tidy", "clean")], [], {"clean": CLEAN}).with_settings({"tidy/keep": {"condition": "true"}})

    assert made.node("tidy/keep").settings == {"condition": "true"}


def test_the_script_of_a_flow_has_the_nodes_of_its_parts() -> None:
    read = {**READ, "settings": {"path": "a.jsonl", "columns": {"body": "text", "level": "text"}}}
    made = flow(
        [read, use("tidy", "clean"), WRITE],
        [("read", "tidy", "lines"), ("tidy", "write", "rows")],
        {"clean": CLEAN},
    )

    text = to_script(made)

    compile(text, "flow.py", "exec")
    assert "tidy_cut = Select(" in text


def test_parts_notes_and_groups_survive_saving_and_unknown_keys_of_what_is_drawn_are_kept() -> None:
    document = flow([READ, use("tidy", "clean")], [], {"clean": CLEAN}).model_copy(
        update={
            "notes": Flow.model_validate({"name": "x", "notes": [{"id": "n", "text": "why", "pinned": True}]}).notes
        }
    )

    again = Flow.parse(document.to_json())

    assert again == document
    assert '"pinned": true' in document.to_json()
