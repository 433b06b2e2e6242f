"""A flow: nodes with settings and the wires between their ports, kept as one readable JSON document."""

from __future__ import annotations

import json
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.errors import BadInput, NotFound
from workbench.facts.evidence import Frozen
from workbench.flow.options import RunOptions
from workbench.flow.parts import expand
from workbench.flow.pieces import INSIDE, FlowEdge, FlowGroup, FlowNode, FlowNote, FlowPart
from workbench.flow.text import arranged
from workbench.flow.unreadable import misfits, unparsed

SUFFIX = ".flow.json"


class Flow(Frozen):
    """A pipeline as a document."""

    name: str
    description: str = ""
    nodes: list[FlowNode] = []
    edges: list[FlowEdge] = []
    notes: list[FlowNote] = []
    groups: list[FlowGroup] = []
    parts: dict[str, FlowPart] = {}
    """Flows inside of it by name, each for as many nodes of kind `flow:NAME` as there are."""
    run: RunOptions = RunOptions()
    """How it wants to be run; whoever runs it may say otherwise."""

    @classmethod
    def load(cls, path: Path | str) -> Flow:
        """Read a flow.

        Raises:
            NotFound: the file is not there.
            BadInput: the file is not JSON or not a flow; the message has the line or the place.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise NotFound("flow", str(path), hint="Give the path of a *.flow.json file") from error
        except UnicodeDecodeError as error:
            raise BadInput(f"byte {error.start + 1} is not UTF-8", where=str(path), hint="Save it as UTF-8") from error
        except OSError as error:
            raise BadInput(f"cannot be read: {error}", where=str(path)) from error
        return cls.parse(text, where=str(path))

    @classmethod
    def parse(cls, text: str, *, where: str = "flow") -> Flow:
        """Return the flow of a JSON text; raises `BadInput`."""
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            raise unparsed(text, error, where) from error
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise misfits(error, document, where) from error

    def to_json(self) -> str:
        """Return the document, indented, its keys in the order of `text.arranged`: a change is a small diff."""
        plain = arranged(self.model_dump(mode="json", exclude_defaults=True))
        return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"

    def save(self, path: Path | str) -> None:
        """Write the document; the old one stays whole until the new one is complete."""
        target = Path(path)
        part = target.with_name(target.name + ".part")
        part.write_text(self.to_json(), encoding="utf-8")
        part.replace(target)

    def node(self, node_id: str) -> FlowNode:
        """Return one node; raises `NotFound`."""
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise NotFound("node", node_id, hint="The flow has " + ", ".join(node.id for node in self.nodes))

    def wires(self, node_id: str) -> dict[str, list[str]]:
        """Return the sources of a node by input port, in the order of the edges."""
        found: dict[str, list[str]] = {}
        for edge in self.edges:
            if edge.target == node_id:
                found.setdefault(edge.port, []).append(edge.source)
        return found

    def order(self) -> list[str]:
        """Return the node ids, sources first, in a stable order.

        Raises:
            BadInput: the wires form a circle.
        """
        known = [node.id for node in self.nodes]
        before = {name: [e.source for e in self.edges if e.target == name and e.source in known] for name in known}
        try:
            return list(TopologicalSorter(before).static_order())
        except CycleError as error:
            raise BadInput("the wires form a circle: " + " -> ".join(error.args[1]), where=self.name) from error

    def ordered_part(self) -> list[str]:
        """Return the ids of the nodes that no circle keeps from having an order, sources first."""
        left = {node.id: {edge.source for edge in self.edges if edge.target == node.id} for node in self.nodes}
        known, done = set(left), list[str]()
        while ready := [name for name, before in left.items() if not (before & known).difference(done)]:
            done += ready
            left = {name: before for name, before in left.items() if name not in ready}
        return done

    def with_settings(self, changes: dict[str, dict[str, Any]]) -> Flow:
        """Return a copy in which some settings of some nodes (by id) are others.

        The id of a node in a part is the way to it, as in `clean/filter`; the copy is then expanded.
        """
        flow = self.expanded() if any(INSIDE in node_id for node_id in changes) else self
        for node_id in changes:
            flow.node(node_id)
        nodes = [n.model_copy(update={"settings": n.settings | changes.get(n.id, {})}) for n in flow.nodes]
        return flow.model_copy(update={"nodes": nodes})

    def expanded(self) -> Flow:
        """Return the flow with the nodes of its parts in place of those that stand for them, ids joined by `/`.

        A node whose part is not there, or holds itself, stays as it is; `check` tells of it.
        """
        if not self.parts:
            return self
        nodes, edges = expand(self.nodes, self.edges, self.parts)
        return self.model_copy(update={"nodes": nodes, "edges": edges, "notes": [], "groups": [], "parts": {}})


def new_id(kind: str, taken: set[str]) -> str:
    """Return a free id for a new node of a kind: `filter`, then `filter_2`."""
    stem = re.sub(r"[^A-Za-z0-9_]+", "_", kind.rpartition(".")[2]) or "node"
    count = 1
    name = stem
    while name in taken:
        count += 1
        name = f"{stem}_{count}"
    return name
