"""Draws a flow as boxes and wires, for places where no editor can run."""

from __future__ import annotations

from html import escape

from workbench.flow.graph import Flow
from workbench.report.layout import place
from workbench.report.svg import cut, frame, text

_BOX_W, _BOX_H, _COLUMN, _ROW, _PAD = 176.0, 46.0, 222.0, 62.0, 12.0


def draw_flow(flow: Flow) -> str:
    """Return the flow as SVG text; '' when it has no nodes."""
    if not flow.nodes:
        return ""
    placed = place((node.id for node in flow.nodes), ((edge.source, edge.target) for edge in flow.edges))
    top = min(row for _, row in placed.values())
    at = {name: (_PAD + column * _COLUMN, _PAD + (row - top) * _ROW) for name, (column, row) in placed.items()}
    width = max(x for x, _ in at.values()) + _BOX_W + _PAD
    height = max(y for _, y in at.values()) + _BOX_H + _PAD
    wires = "".join(
        _wire(at[edge.source], at[edge.target]) for edge in flow.edges if edge.source in at and edge.target in at
    )
    boxes = "".join(_box(node.id, node.kind, *at[node.id]) for node in flow.nodes)
    arrow = (
        '<defs><marker id="nb-flow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>'
    )
    label = f"Flow {flow.name}: " + ", ".join(f"{edge.source} to {edge.target}" for edge in flow.edges)
    return frame(width, height, label, arrow + wires + boxes, "flow").replace(
        "<svg ", f'<svg width="{width:.0f}" height="{height:.0f}" ', 1
    )


def _wire(source: tuple[float, float], target: tuple[float, float]) -> str:
    x1, y1, x2, y2 = source[0] + _BOX_W, source[1] + _BOX_H / 2, target[0], target[1] + _BOX_H / 2
    bend = max(18.0, (x2 - x1) / 2)
    way = f"M{x1:.1f},{y1:.1f} C{x1 + bend:.1f},{y1:.1f} {x2 - bend:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
    return f'<path class="edge" d="{way}" marker-end="url(#nb-flow)"/>'


def _box(name: str, kind: str, x: float, y: float) -> str:
    group = escape(kind.partition(".")[0])
    return (
        f'<g class="node {group}" data-key="{escape(name)}"><title>{escape(f"{name}: {kind}")}</title>'
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{_BOX_W}" height="{_BOX_H}" rx="7"/>'
        + text(x + 12, y + 19, cut(name, 24), "name")
        + text(x + 12, y + 36, cut(kind, 26), "fact")
        + "</g>"
    )
