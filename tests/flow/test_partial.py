"""Parts of a flow."""

from __future__ import annotations

import pytest

from workbench.errors import BadInput, NotFound
from workbench.flow.graph import Flow
from workbench.flow.partial import behind, stretch, upstream

EDGES = [("read", "some"), ("some", "group"), ("some", "keep"), ("group", "join"), ("other", "join"), ("join", "out")]


@pytest.fixture
def flow() -> Flow:
    names = dict.fromkeys(name for edge in EDGES for name in edge)
    return Flow.model_validate(
        {
            "name": "f",
            "nodes": [{"id": name, "kind": "x"} for name in names],
            "edges": [{"source": source, "target": target} for source, target in EDGES],
        }
    )


def shape(flow: Flow) -> tuple[set[str], set[tuple[str, str]]]:
    return {node.id for node in flow.nodes}, {(edge.source, edge.target) for edge in flow.edges}


def test_what_a_node_needs(flow: Flow) -> None:
    assert shape(upstream(flow, "group")) == ({"read", "some", "group"}, {("read", "some"), ("some", "group")})
    with pytest.raises(NotFound, match="no node 'none'"):
        upstream(flow, "none")


def test_the_way_behind_given_rows(flow: Flow) -> None:
    assert shape(behind(flow, "some", "keep")) == ({"some", "keep"}, {("some", "keep")})
    assert shape(behind(flow, "join")) == ({"join", "out"}, {("join", "out")})


def test_rows_do_not_go_alone_through_a_node_that_reads_two(flow: Flow) -> None:
    with pytest.raises(BadInput, match="node 'join' also reads from 'other', so rows cannot go through it alone"):
        behind(flow, "read")


def test_from_a_node_on_with_the_other_branches_that_are_needed(flow: Flow) -> None:
    part = shape(stretch(flow, first="group"))

    assert part == ({"group", "join", "other", "out"}, {("group", "join"), ("other", "join"), ("join", "out")})


def test_what_else_is_given_is_not_led_up_to(flow: Flow) -> None:
    part = shape(stretch(flow, first="some", last="join", given=["other"]))

    assert part == ({"some", "group", "other", "join"}, {("some", "group"), ("group", "join"), ("other", "join")})
    assert shape(stretch(flow, last="group")) == shape(upstream(flow, "group"))


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        pytest.param({"first": "out"}, "no node reads from 'out'", id="nothing-is-behind-it"),
        pytest.param({"first": "group", "last": "keep"}, "node 'keep' does not read from 'group'", id="beside-it"),
    ],
)
def test_a_part_that_is_none(flow: Flow, ends: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        stretch(flow, **ends)
