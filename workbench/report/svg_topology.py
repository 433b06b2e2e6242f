"""Draws who calls whom, with the failing path in front."""

from __future__ import annotations

from html import escape

from workbench.report.content import Edge, Node, Topology
from workbench.report.svg import cut, frame, text
from workbench.report.words import percent, plural

_BOX_W, _BOX_H = 172.0, 46.0
_COLUMN, _ROW = 232.0, 64.0
_PAD = 14.0
_STATE_WORDS = {"cause": "cause", "affected": "affected", "healthy": "", "unknown": "not known"}
SPOKEN = {"cause": "the cause", "affected": "affected", "healthy": "healthy", "unknown": "not known"}


def draw_topology(topology: Topology, prefix: str = "topology") -> str:
    """Return the topology as SVG text; '' when there are no calls. `prefix` keeps ids apart within a page."""
    if not topology.nodes:
        return ""
    places = {node.service_name: _corner(node) for node in topology.nodes}
    width = max(x for x, _ in places.values()) + _BOX_W + _PAD
    height = max(y for _, y in places.values()) + _BOX_H + _PAD
    markers = "".join(
        f'<marker id="{escape(prefix)}-{name}" class="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        f'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker>'
        for name in ("calm", "failing")
    )
    ordered = sorted(topology.edges, key=lambda edge: edge.failing)
    edges = "".join(_edge(edge, places, prefix) for edge in ordered)
    nodes = "".join(_node(node, places[node.service_name]) for node in topology.nodes)
    label = "Call graph: " + "; ".join(
        f"{node.service_name} is {SPOKEN[node.state]}" for node in topology.nodes if node.state != "healthy"
    )
    return frame(width, height, label, f"<defs>{markers}</defs>{edges}{nodes}", "topology").replace(
        "<svg ", f'<svg width="{width:.0f}" height="{height:.0f}" ', 1
    )


def _corner(node: Node) -> tuple[float, float]:
    return _PAD + node.column * _COLUMN, _PAD + node.row * _ROW


def _edge(edge: Edge, places: dict[str, tuple[float, float]], prefix: str) -> str:
    (ax, ay), (bx, by) = places[edge.caller], places[edge.callee]
    y1, y2 = ay + _BOX_H / 2, by + _BOX_H / 2
    if bx > ax:
        x1, x2 = ax + _BOX_W, bx
        bend = min(60.0, (x2 - x1) / 2)
        way = f"M{x1:.1f},{y1:.1f} C{x1 + bend:.1f},{y1:.1f} {x2 - bend:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
    else:
        # A call back to the left or within a column goes around below the boxes.
        x1, x2, low = ax + _BOX_W / 2, bx + _BOX_W / 2, max(ay, by) + _BOX_H + 16
        way = f"M{x1:.1f},{ay + _BOX_H:.1f} C{x1:.1f},{low:.1f} {x2:.1f},{low:.1f} {x2:.1f},{by + _BOX_H:.1f}"
    css = "failing" if edge.failing else "calm"
    words = escape(edge_words(edge))
    return f'<path class="edge {css}" d="{way}" marker-end="url(#{escape(prefix)}-{css})"><title>{words}</title></path>'


def edge_words(edge: Edge) -> str:
    """Return `web calls db: 1,204 calls, 8 % failed (failing path)`, as far as it is known."""
    failed = f", {percent(edge.error_rate)} failed" if edge.error_rate else ""
    counted = f": {plural(edge.calls, 'call')}{failed}" if edge.calls else ""
    return f"{edge.caller} calls {edge.callee}{counted}{' (failing path)' if edge.failing else ''}"


def tag_of(node: Node) -> str:
    """Return `#1 cause`, the mark of a node; '' for a healthy one."""
    rank = f"#{node.rank} " if node.rank and node.rank <= 3 else ""
    return f"{rank}{_STATE_WORDS[node.state]}".strip()


def _node(node: Node, corner: tuple[float, float]) -> str:
    x, y = corner
    said = [plural(node.requests, "request")] if node.requests else []
    short = [f"{node.requests:,} req"] if node.requests else []
    if node.requests and node.error_rate is not None:
        said.append(f"{percent(node.error_rate)} failed")
        short.append(said[-1])
    rank = tag_of(node)
    hint = "\n".join([f"{node.service_name}: {SPOKEN[node.state]}", *said])
    name_y = y + (20 if said else 28)
    parts = [
        f'<g class="node {node.state}" data-key="{escape(node.service_name)}"><title>{escape(hint)}</title>',
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{_BOX_W}" height="{_BOX_H}" rx="7"/>',
        text(x + 12, name_y, cut(node.service_name, 17 if rank else 24), "name"),
        text(x + 12, y + 36, cut(" · ".join(short), 28), "fact") if said else "",
        text(x + _BOX_W - 8, y + 18, rank, "rank", "end") if rank else "",
        "</g>",
    ]
    return "".join(parts)
