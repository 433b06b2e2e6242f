"""Parts of a flow: what is needed for one node, and what comes behind given rows."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.errors import BadInput
from workbench.flow.graph import Flow


def upstream(flow: Flow, node_id: str) -> Flow:
    """Return the node and all that it reads from, directly or not; raises `NotFound`."""
    flow.node(node_id)
    wanted = {node_id}
    while more := {edge.source for edge in flow.edges if edge.target in wanted} - wanted:
        wanted |= more
    return _only(flow, wanted)


def fed(flow: Flow, given: Iterable[str]) -> Flow:
    """Return the flow without the wires into nodes whose output is given; raises `NotFound`."""
    named = {flow.node(node_id).id for node_id in given}
    return flow.model_copy(update={"edges": [edge for edge in flow.edges if edge.target not in named]})


def behind(flow: Flow, given: str, first: str | None = None) -> Flow:
    """Return the part of a flow through which rows go that are given as the output of a node.

    Args:
        flow: The whole flow.
        given: The node whose output is given; it is in the part, and nothing before it is.
        first: Only the way through this node; all ways when left out.

    Raises:
        NotFound: the flow has no such node.
        BadInput: a node on the way reads from another branch as well, so the rows alone do not make its output.
    """
    flow.node(given)
    ways = [edge for edge in flow.edges if edge.source != given or first in (None, edge.target)]
    wanted = {given}
    while more := {edge.target for edge in ways if edge.source in wanted} - wanted:
        wanted |= more
    for edge in flow.edges:
        if edge.target in wanted - {given} and edge.source not in wanted:
            raise BadInput(
                f"node {edge.target!r} also reads from {edge.source!r}, so rows cannot go through it alone",
                where=flow.name,
                hint="Run the flow again from its sources",
            )
    part = _only(flow, wanted)
    return part.model_copy(update={"edges": [edge for edge in ways if edge in part.edges and edge.target != given]})


def after(flow: Flow, node_id: str) -> set[str]:
    """Return the ids of the nodes that read from a node, directly or not; raises `NotFound`."""
    found = {flow.node(node_id).id}
    while more := {edge.target for edge in flow.edges if edge.source in found} - found:
        found |= more
    return found - {node_id}


def stretch(flow: Flow, *, first: str | None = None, last: str | None = None, given: Iterable[str] = ()) -> Flow:
    """Return the part of a flow from a node on, up to a node, or from one to the other, with all else that it needs.

    Args:
        flow: The whole flow.
        first: The node whose output is given; nothing before it is in the part unless a way around it needs it.
        last: The node that it ends with; all ways to their ends when left out.
        given: More nodes whose output is given.

    Raises:
        NotFound: the flow has no such node.
        BadInput: no node reads from `first`, or `last` does not.
    """
    whole = flow if first is None else fed(flow, {first, *given})
    if first is not None:
        behind_it = after(whole, first)
        if not behind_it:
            raise BadInput(f"no node reads from {first!r}", where=flow.name, hint="Run the flow up to it")
        if last is not None and last not in behind_it:
            raise BadInput(f"node {last!r} does not read from {first!r}", where=flow.name)
        ends = behind_it if last is None else {last}
        wanted = {node.id for end in ends for node in upstream(whole, end).nodes}
        return _only(whole, wanted)
    return whole if last is None else upstream(whole, last)


def _only(flow: Flow, wanted: set[str]) -> Flow:
    return flow.model_copy(
        update={
            "nodes": [node for node in flow.nodes if node.id in wanted],
            "edges": [edge for edge in flow.edges if {edge.source, edge.target} <= wanted],
        }
    )
