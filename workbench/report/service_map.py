"""Says a topology as the map of the canvas takes it: services and calls, with words that are ready to be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.report.content import Edge, Node, Topology
from workbench.report.svg_topology import SPOKEN, edge_words, tag_of
from workbench.report.words import percent, plural

_BAD_SHARE = 0.05
MOST_LABELS = 30
"""With more calls than this, only what fails has figures on it."""


def service_map(topology: Topology, link: Callable[[str], str] = lambda name: "") -> dict[str, Any]:
    """Return `name`, `services` and `calls`, as `extensions/canvas/src/map/graph.ts` has them.

    Args:
        topology: Without nodes the map is empty.
        link: Address that a click on the service of a name leads to; '' for none.
    """
    calls: dict[str, list[str]] = {}
    for edge in topology.edges:
        calls.setdefault(edge.caller, []).append(edge.callee)
    # A circle of calls is cut where the first service stands, so callers come first.
    nodes = sorted(topology.nodes, key=lambda node: (node.column, node.row))
    few = len(topology.edges) <= MOST_LABELS
    return {
        "name": f"Call graph of {plural(len(topology.nodes), 'service')}",
        "services": [_service(node, link(node.service_name), calls.get(node.service_name, [])) for node in nodes],
        "calls": [_call(edge, few) for edge in topology.edges],
    }  # fmt: skip


def _service(node: Node, href: str, callees: list[str]) -> dict[str, Any]:
    failed = [f"{percent(node.error_rate)} failed"] if node.requests and node.error_rate else []
    told = [SPOKEN[node.state], *([plural(node.requests, "request")] if node.requests else []), *failed]
    told += [f"calls {', '.join(callees)}"] if callees else []
    return {
        "id": node.service_name,
        "state": node.state,
        "tag": tag_of(node),
        "caption": " · ".join([f"{node.requests:,} req", *failed]) if node.requests else "",
        "href": href,
        "said": f"{node.service_name}: {', '.join(told)}",
    }


def _call(edge: Edge, few: bool) -> dict[str, Any]:
    failed = f"{percent(edge.error_rate)} failed" if edge.error_rate else ""
    shown = edge.calls and (few or edge.failing or edge.error_rate)
    return {
        "source": edge.caller,
        "target": edge.callee,
        "failing": edge.failing,
        "label": f"{edge.calls:,}" if shown else "",
        "failed": failed if shown else "",
        "bad": edge.failing or (edge.error_rate or 0.0) >= _BAD_SHARE,
        "said": edge_words(edge),
    }
