"""What flows are made of: nodes, wires, parts that stand for several nodes, and what is only drawn around them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from workbench.facts.evidence import Frozen

PART = "flow:"
"""Kinds of nodes that stand for a part begin so: `flow:clean` is the part `clean`."""
INSIDE = "/"
"""Stands between the id of such a node and that of a node in its part, when both make one id."""
NAME = r"[A-Za-z][A-Za-z0-9_-]*"
NodeId = Annotated[str, Field(pattern=rf"^{NAME}({INSIDE}{NAME})*$")]


class FlowNode(Frozen):
    """One node of a flow."""

    id: NodeId
    """Unique in the flow, and kept when the node is moved or its settings change; in a part with the way to it."""
    kind: str
    settings: dict[str, Any] = {}
    position: tuple[float, float] | None = None
    """Where it stands on the canvas, in pixels."""


class FlowEdge(Frozen):
    """One wire: the output of a node into an input port of another."""

    source: str
    target: str
    port: str = "rows"


class Drawn(Frozen):
    """Base of what is drawn around the nodes and means nothing to a run; what others wrote into it is kept."""

    model_config = ConfigDict(extra="allow")

    id: str
    color: str | None = None


class FlowNote(Drawn):
    """A sheet of text on the canvas."""

    text: str = ""
    position: tuple[float, float] = (0, 0)
    size: tuple[float, float] | None = None


class FlowGroup(Drawn):
    """A frame around nodes that belong together."""

    title: str = ""
    nodes: list[str] = []
    collapsed: bool = False


class PartInput(Frozen):
    """Where rows that come into a part go; entries of one name are one input."""

    name: str
    node: str
    port: str = "rows"


class FlowPart(Frozen):
    """A flow inside of a flow, which nodes of kind `flow:NAME` stand for."""

    nodes: list[FlowNode] = []
    edges: list[FlowEdge] = []
    notes: list[FlowNote] = []
    groups: list[FlowGroup] = []
    inputs: list[PartInput] = []
    """The first entry of a name says where its place among the inputs is."""
    output: str | None = None
    """The node whose rows come out; none for a part that only writes."""
