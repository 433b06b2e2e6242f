"""Connections: try whether a node reaches the system it reads from or writes to, without running its flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.flow.graph import Flow
from workbench.flow.library import locate
from workbench.guard.tool import tool

if TYPE_CHECKING:
    from workbench.core import Workbench


class Connection(Frozen):
    """What came of trying one node."""

    node: str
    kind: str
    ok: bool
    message: str


class Connections(Frozen):
    """What came of trying the nodes of a flow."""

    flow: str
    connections: list[Connection]

    @property
    def exit_code(self) -> int:
        """1 when a connection failed."""
        return int(not all(one.ok for one in self.connections))

    def text(self) -> str:
        """Return one line for each node."""
        if not self.connections:
            return f"{self.flow}: no node speaks with another system."
        return "\n".join(f"{'ok    ' if one.ok else 'FAILED'} {one.node}: {one.message}" for one in self.connections)


@tool(risk="read", command="flow test-connection", positional=("flow", "node"))
def flow_test_connection(
    wb: Workbench, flow: str, node: str | None = None, timeout_s: float = 10.0, document: str | None = None
) -> Connections:
    """Try the connections of a flow, or of one of its nodes, without running it.

    Args:
        flow: Path of a flow, or the name of one in the workspace or among the samples.
        node: Id of a node; all that have a connection when left out.
        timeout_s: Longest time to wait for each node, in seconds.
        document: The flow as JSON, in place of what is saved; for editors.
    """
    found = locate(flow, wb.path, document)
    whole = found.flow.expanded()
    chosen = [whole.node(node)] if node is not None else whole.nodes
    part = Flow(name=found.flow.name, nodes=chosen)
    told = wb.supervisor.probe(part, folder=found.folder, timeout_s=timeout_s)
    if node is not None and not told:
        raise BadInput(f"node {node!r} has no connection to try", where=found.flow.name)
    return Connections(
        flow=found.flow.name,
        connections=[Connection(node=one.node, kind=one.kind, ok=bool(one.ok), message=one.message) for one in told],
    )
