"""What differs between two flows, node by node; and that a diff is all that is needed to make the one of the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import BadInput
from workbench.flow.change import LAYOUT, What, content_id
from workbench.flow.diff import apply, diff
from workbench.flow.graph import Flow
from workbench.flow.merge import merge

IDS = ("read", "keep", "count", "write")
NAMES = ("", "b.c", "a", "x", "9", "10")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([1.0, 0.0, "", "a", "1"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True))
    nodes = [
        {
            "id": node_id,
            "kind": draw(st.sampled_from(["sources.csv_file", "tables.concat"])),
            "settings": draw(st.dictionaries(st.sampled_from(["path", "columns", "size"]), VALUES, max_size=3)),
            "position": draw(st.none() | st.tuples(st.integers(0, 2), st.integers(0, 2))),
        }
        for node_id in ids
    ]
    ends = st.sampled_from(IDS)
    wire = st.builds(lambda s, t, p: {"source": s, "target": t, "port": p}, ends, ends, st.sampled_from(["rows", "x"]))
    edges = draw(st.lists(wire, max_size=6))
    notes = draw(st.sampled_from([[], [{"id": "n", "text": "x"}], [{"id": "n", "text": "y"}]]))
    groups = draw(st.sampled_from([[], [{"id": "g", "nodes": ["read"]}], [{"id": "g", "nodes": ["keep"]}]]))
    return {"nodes": nodes, "edges": edges, "notes": notes, "groups": groups}


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    about = draw(st.sampled_from(["", "what it does"]))
    named = draw(st.sampled_from([[], ["clean"], ["count"], ["clean", "count"]]))
    parts = {name: {**draw(graphs()), "output": draw(st.sampled_from([None, *IDS]))} for name in named}
    return Flow.model_validate(
        {"name": draw(st.sampled_from("ab")), "description": about, **draw(graphs()), "parts": parts}
    )


def flow(nodes: dict[str, Any], *wires: str, **more: Any) -> Flow:
    """Return a flow of nodes {id: settings} of one kind and wires such as "read>keep.rows"."""
    ends = [wire.partition(">") for wire in wires]
    return Flow.model_validate(
        {
            "name": "shop",
            "nodes": [{"id": key, "kind": "tables.filter", "settings": value} for key, value in nodes.items()],
            "edges": [
                {"source": source, "target": end.split(".")[0], "port": [*end.split("."), "rows"][1]}
                for source, _, end in ends
            ],
            **more,
        }
    )


@given(flows(), flows())
@settings(max_examples=400, deadline=None)
def test_a_diff_is_all_that_is_needed(before: Flow, after: Flow) -> None:
    changes = diff(before, after)

    made = apply(before, changes)

    assert made.to_json() == after.to_json()
    assert content_id(made) == content_id(after)
    assert (changes == []) == (before.to_json() == after.to_json())


@st.composite
def columns(draw: st.DrawFn) -> tuple[Flow, Flow]:
    """Return two flows that differ in the rows of one setting."""
    rows = st.dictionaries(st.sampled_from(["a", "b", "c", "d", "1"]), st.sampled_from(["x", 1, {"z": 1, "a": 2}]))
    one, other = ({"rows": draw(rows), "deep": {"rows": draw(rows)}} for _ in range(2))
    return flow({"a": one}), flow({"a": other})


@given(columns())
@settings(max_examples=150, deadline=None)
def test_rows_of_a_setting_come_out_of_a_diff_in_their_order(both: tuple[Flow, Flow]) -> None:
    before, after = both

    made = apply(before, diff(before, after))

    assert made.to_json() == after.to_json()
    assert (diff(before, after) == []) == (content_id(before) == content_id(after))


@given(flows(), flows())
@settings(max_examples=200, deadline=None)
def test_changes_of_one_side_only_are_merged_without_a_question(base: Flow, mine: Flow) -> None:
    assert merge(base, mine, base).flow is not None
    assert merge(base, base, mine).flow == mine
    assert merge(base, mine, mine).flow == mine
    found = merge(base, mine, base).flow
    assert found is not None
    assert [change for change in diff(found, mine) if change.what is not What.REORDERED] == []


def test_each_kind_of_change_is_told_in_words() -> None:
    before = Flow.model_validate(
        {
            "name": "shop",
            "nodes": [
                {"id": "read", "kind": "sources.csv_file", "settings": {"path": "a.csv", "columns": {"x": "text"}}},
                {"id": "old", "kind": "tables.filter", "settings": {"condition": "x"}},
                {"id": "keep", "kind": "tables.filter", "position": [1, 2]},
            ],
            "edges": [{"source": "read", "target": "keep"}],
        }
    )
    after = Flow.model_validate(
        {
            "name": "shop",
            "description": "Counts.",
            "nodes": [
                {"id": "read", "kind": "sources.csv_file", "settings": {"path": "b.csv", "columns": {"y": "text"}}},
                {"id": "keep", "kind": "tables.select", "position": [9, 2]},
                {"id": "new", "kind": "tables.filter", "settings": {"condition": "y"}},
            ],
            "edges": [{"source": "read", "target": "new"}, {"source": "new", "target": "keep"}],
        }
    )

    assert [change.text() for change in diff(before, after)] == [
        '~ description: not set -> "Counts."',
        '+ new (tables.filter) with condition="y"',
        "- old (tables.filter)",
        "~ keep: kind tables.filter -> tables.select",
        '~ read.columns.x: "text" -> not set',
        '~ read.columns.y: not set -> "text"',
        '~ read.path: "a.csv" -> "b.csv"',
        "~ keep.rows reads new, before read",
        "~ new.rows reads read, before nothing",
        "  keep: moved",
        "  edges: another order in the document",
    ]


AT_FIRST = {"at": "time", "ms": "took"}
"""Columns of a select."""


def selecting(columns: dict[str, Any]) -> Flow:
    return flow({"a": {"columns": columns}})


def test_another_order_of_columns_is_one_change() -> None:
    after = selecting({"ms": "took", "at": "time"})

    changes = diff(selecting(AT_FIRST), after)

    assert [change.text() for change in changes] == ["~ a.columns: in the order ms, at, before at, ms"]
    assert not {change.what for change in changes} <= LAYOUT
    assert list(apply(selecting(AT_FIRST), changes).nodes[0].settings["columns"]) == ["ms", "at"]


def test_a_column_in_the_middle_is_told_as_a_column_and_where_it_is() -> None:
    after = selecting({"at": "time", "new": "1", "ms": "took"})

    assert [change.text() for change in diff(selecting(AT_FIRST), after)] == [
        '~ a.columns.new: not set -> "1"',
        "~ a.columns: in the order at, new, ms, before at, ms",
    ]
    assert len(diff(selecting(AT_FIRST), selecting({**AT_FIRST, "new": "1"}))) == 1


def test_one_orders_columns_and_another_changes_and_adds_some() -> None:
    mine = selecting({"ms": "took", "at": "time"})
    theirs = selecting({"at": "now", "ms": "took", "new": "1"})

    found = merge(selecting(AT_FIRST), mine, theirs).flow

    assert found is not None
    assert list(found.nodes[0].settings["columns"].items()) == [("ms", "took"), ("at", "now"), ("new", "1")]


def test_two_orders_of_the_same_columns_are_a_question_as_is_an_order_of_what_another_took_away() -> None:
    base = selecting({"a": "1", "b": "2", "c": "3"})
    mine = selecting({"c": "3", "a": "1", "b": "2"})

    assert merge(base, mine, selecting({"b": "2", "a": "1", "c": "3"})).flow is None
    assert merge(base, mine, selecting({"c": "3", "a": "1", "b": "2"})).flow == mine
    assert merge(base, mine, flow({"a": {}})).flow is None
    assert merge(flow({"a": {}}), base, mine).flow is None


def test_an_order_of_what_has_no_rows_is_refused() -> None:
    changes = diff(selecting(AT_FIRST), selecting({"ms": "took", "at": "time"}))

    with pytest.raises(BadInput, match=r"'a\.columns' has no rows"):
        apply(flow({"a": {"columns": "all"}}), changes)


def test_moving_nodes_changes_nothing_that_the_flow_does() -> None:
    before = flow({"a": {}, "b": {}})
    moved = [node.model_copy(update={"position": (1.0, 2.0)}) for node in reversed(before.nodes)]

    changes = diff(before, before.model_copy(update={"nodes": moved}))

    assert {change.what for change in changes} == {What.MOVED, What.REORDERED} == LAYOUT - {What.DRAWN}


def test_notes_and_groups_change_nothing_that_the_flow_does() -> None:
    noted = flow({"a": {}}, notes=[{"id": "n", "text": "why", "mine": 1}], groups=[{"id": "g", "nodes": ["a"]}])

    changes = diff(flow({"a": {}}), noted)

    assert [change.text() for change in changes] == ["  groups: drawn otherwise", "  notes: drawn otherwise"]
    assert {change.what for change in changes} <= LAYOUT


def test_what_changes_in_a_part_is_told_with_its_name() -> None:
    def with_part(settings: dict[str, Any], position: tuple[int, int]) -> Flow:
        inner = {"id": "keep", "kind": "tables.filter", "settings": settings, "position": position}
        return flow({}, parts={"clean": {"nodes": [inner], "output": "keep"}})

    before, after = with_part({"condition": "x"}, (0, 0)), with_part({"condition": "y"}, (1, 0))

    assert [change.text() for change in diff(before, after)] == [
        '~ clean/keep.condition: "x" -> "y"',
        "  clean/keep: moved",
    ]
    assert next(change.text() for change in diff(flow({}), before)).startswith("~ parts.clean: not set -> {")


def test_who_changes_a_part_that_another_removed_is_asked() -> None:
    inner = {"id": "keep", "kind": "tables.filter"}
    base = flow({}, parts={"clean": {"nodes": [inner]}})
    mine = flow({}, parts={"clean": {"nodes": [{**inner, "kind": "tables.select"}]}})

    assert merge(base, mine, flow({})).flow is None


def test_values_that_python_takes_for_equal_are_told_apart() -> None:
    changes = diff(flow({"a": {"x": 1, "y": True}}), flow({"a": {"x": 1.0, "y": 1}}))

    assert [change.text() for change in changes] == ["~ a.x: 1 -> 1.0", "~ a.y: true -> 1"]


def test_nodes_with_one_id_cannot_be_compared() -> None:
    twice = flow({"a": {}}).model_copy(update={"nodes": [*flow({"a": {}}).nodes, *flow({"a": {}}).nodes]})

    with pytest.raises(BadInput, match=r"shop: two nodes have the id 'a'.*another id"):
        diff(twice, flow({}))


def test_a_change_that_does_not_fit_is_refused() -> None:
    changes = diff(flow({"a": {"x": 1}}), flow({"a": {"x": 2}}))

    with pytest.raises(BadInput, match="there is no node 'a'"):
        apply(flow({}), changes)


BASE = flow({"read": {"path": "a"}, "keep": {"if": "x"}, "write": {"path": "b"}}, "read>keep", "keep>write")


def test_changes_of_two_people_are_put_together() -> None:
    mine = flow({"read": {"path": "new"}, "keep": {"if": "x"}, "write": {"path": "b"}}, "read>keep", "keep>write")
    theirs = flow({"read": {"path": "a", "follow": True}, "keep": {"if": "x"}, "write": {"path": "c"}},
                  "read>keep", "keep>write", description="Both.")  # fmt: skip

    found = merge(BASE, mine, theirs)

    assert found.flow == flow(
        {"read": {"path": "new", "follow": True}, "keep": {"if": "x"}, "write": {"path": "c"}},
        "read>keep", "keep>write", description="Both.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        pytest.param(
            flow({"read": {"path": "m"}, "keep": {"if": "x"}, "write": {"path": "b"}}, "read>keep", "keep>write"),
            flow({"read": {"path": "t"}, "keep": {"if": "x"}, "write": {"path": "b"}}, "read>keep", "keep>write"),
            'read.path: yours is \'~ read.path: "a" -> "m"\', theirs \'~ read.path: "a" -> "t"\'',
            id="the-same-setting",
        ),
        pytest.param(
            flow({"read": {"path": "a"}, "write": {"path": "b"}}, "read>write"),
            flow({"read": {"path": "a"}, "keep": {"if": "y"}, "write": {"path": "b"}}, "read>keep", "keep>write"),
            "keep: yours is '- keep (tables.filter)'",
            id="removed-and-changed",
        ),
        pytest.param(
            flow({"read": {"path": "a"}, "keep": {"if": "x"}, "write": {"path": "b"}, "more": {}},
                 "read>keep", "keep>write", "keep>more"),
            flow({"read": {"path": "a"}, "write": {"path": "b"}}, "read>write"),
            "more.rows: yours is '~ more.rows reads keep, before nothing', theirs '- keep (tables.filter)'",
            id="removed-and-read-from",
        ),
    ],
)  # fmt: skip
def test_contradictions_are_told(mine: Flow, theirs: Flow, said: str) -> None:
    found = merge(BASE, mine, theirs)

    assert found.flow is None
    assert any(conflict.text().startswith(said) for conflict in found.conflicts)
