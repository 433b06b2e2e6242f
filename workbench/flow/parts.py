"""Puts the nodes of a part in place of each node that stands for it; ids say the way to them: `clean/filter`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.flow.pieces import INSIDE, PART, FlowEdge, FlowNode, FlowPart


def expand(
    nodes: Sequence[FlowNode], edges: Sequence[FlowEdge], parts: Mapping[str, FlowPart], within: tuple[str, ...] = ()
) -> tuple[list[FlowNode], list[FlowEdge]]:
    """Return nodes and edges without any that stand for a part.

    Args:
        nodes: Nodes of one level.
        edges: Wires of that level.
        parts: All parts by name.
        within: Names of the parts that are around; a part in itself is left as it is.
    """
    made: list[FlowNode] = []
    wires: list[FlowEdge] = []
    for node in nodes:
        name = _part(node.kind, parts, within)
        if name is None:
            made.append(node)
            continue
        inner, inside = expand(parts[name].nodes, parts[name].edges, parts, (*within, name))
        made += [one.model_copy(update={"id": _way(node.id, one.id), "position": None}) for one in inner]
        wires += [
            FlowEdge(source=_way(node.id, edge.source), target=_way(node.id, edge.target), port=edge.port)
            for edge in inside
        ]
    ends = _Ends({node.id: node.kind for node in nodes}, parts, within)
    return made, [*(new for edge in edges for new in ends.led(edge)), *wires]


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where wires of one level end when parts are opened; one to what a part has not ends at what is no node."""

    kinds: Mapping[str, str]
    parts: Mapping[str, FlowPart]
    within: tuple[str, ...]

    def led(self, edge: FlowEdge) -> list[FlowEdge]:
        source = self.output(edge.source)
        return [FlowEdge(source=source, target=way, port=port) for way, port in self.inputs(edge.target, edge.port)]

    def output(self, node_id: str) -> str:
        part = self._inside(node_id)
        if part is None:
            return node_id
        return _way(node_id, "output" if part[0].output is None else part[1].output(part[0].output))

    def inputs(self, node_id: str, port: str) -> list[tuple[str, str]]:
        part = self._inside(node_id)
        if part is None:
            return [(node_id, port)]
        found = [end for one in part[0].inputs if one.name == port for end in part[1].inputs(one.node, one.port)]
        return [(_way(node_id, way), inner) for way, inner in found] or [(_way(node_id, port), "rows")]

    def _inside(self, node_id: str) -> tuple[FlowPart, _Ends] | None:
        name = _part(self.kinds.get(node_id, ""), self.parts, self.within)
        if name is None:
            return None
        part = self.parts[name]
        return part, _Ends({node.id: node.kind for node in part.nodes}, self.parts, (*self.within, name))


def _part(kind: str, parts: Mapping[str, FlowPart], within: tuple[str, ...]) -> str | None:
    name = kind.removeprefix(PART)
    return name if kind.startswith(PART) and name in parts and name not in within else None


def _way(node_id: str, inner: str) -> str:
    return f"{node_id}{INSIDE}{inner}"
