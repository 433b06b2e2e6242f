"""Parts of a flow."""

from __future__ import annotations

import pytest

from workbench.errors import BadInput, NotFound
from workbench.flow.graph import Flow
from workbench.flow.partial import behind, upstream

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
