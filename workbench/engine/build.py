"""Turns a flow into Pathway tables, node by node. Knows no node by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pathway as pw
from pathway.internals.column import RowwiseContext
from pathway.internals.parse_graph import G

from workbench.engine import misfit
from workbench.engine.failing import failing_rows
from workbench.engine.stand_in import stand_in
from workbench.errors import BuildError, CausewayError
from workbench.flow.catalog import Catalog, find, get
from workbench.flow.columns import NodeSchema
from workbench.flow.findings import Finding, Severity
from workbench.flow.graph import Flow
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import column_schemas

Services = Mapping[str, Callable[[str], Any]]
"""Makers of what nodes ask for, by name; each is called with the node's id."""

# What Pathway and Python raise for a graph that does not fit, and nodes for settings that do not.
BUILD_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    CausewayError,
    ImportError,
    LookupError,
    NameError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


@dataclass(slots=True)
class Built:
    """What came of a flow."""

    tables: dict[str, Rows | None] = field(default_factory=dict)
    """Output of each node that could be built; None for a sink."""
    inputs: dict[str, list[Rows]] = field(default_factory=dict)
    operators: dict[int, str] = field(default_factory=dict)
    """Pathway's operator ids -> node, to know whose row failed."""
    findings: list[Finding] = field(default_factory=list)
    failing: dict[str, Rows | None] = field(default_factory=dict)
    """Of metered nodes: the rows of the input that fail in them, where they can be told."""
    assumed: set[str] = field(default_factory=set)
    """Nodes whose output is made up, because they or one before them could not be built."""


def build(
    flow: Flow,
    catalog: Catalog,
    services: Services,
    *,
    metered: bool = False,
    given: Mapping[str, Callable[[], Rows]] | None = None,
) -> Built:
    """Build every node that can be built; nodes behind a faulty one are left out.

    Every finding is an error pinned to its node. The flow has to have passed `flow.check`. With `metered` the engine's
    row counts of the tables are those of the nodes' outputs. Nodes that are `given` are not built, but made so.
    """
    built = Built()
    for node_id in flow.order():
        if given and node_id in given:
            built.tables[node_id], built.inputs[node_id] = given[node_id](), []
            continue
        wires = flow.wires(node_id)
        sources = [source for several in wires.values() for source in several]
        if any(built.tables.get(source) is None for source in sources):
            continue
        kind = get(catalog, flow.node(node_id).kind)
        _build_node(built, flow, node_id, kind, services, metered=metered)
    return built


def inspect(flow: Flow, catalog: Catalog, services: Services, faulty: Collection[str] = ()) -> Built:
    """Build what can be built and make up the output of the rest, so that columns are known in a flow with faults too.

    Args:
        flow: Any flow, also one with circles and unknown nodes.
        catalog: The node types.
        services: Makers of what nodes ask for.
        faulty: Nodes with known faults, whose build step is not tried.
    """
    built = Built()
    for node_id in flow.ordered_part():
        kind = find(catalog, flow.node(node_id).kind)
        if kind is None:
            continue
        sources = [source for several in flow.wires(node_id).values() for source in several]
        inputs = [rows for source in sources if (rows := built.tables.get(source)) is not None]
        if node_id not in faulty and len(inputs) == len(sources):
            known = len(built.findings)
            _build_node(built, flow, node_id, kind, services)
            if built.assumed.intersection(sources):
                # What it says of columns that were made up may be wrong.
                built.assumed.add(node_id)
                del built.findings[known:]
        if node_id not in built.tables:
            built.tables[node_id] = stand_in(kind, flow.node(node_id).settings, inputs)
            built.assumed.add(node_id)
    return built


def schemas_of(flow: Flow, built: Built) -> dict[str, NodeSchema]:
    """Return the columns at the ports of every node that was built or made up."""
    outputs = {name: column_schemas(rows) for name, rows in built.tables.items() if rows is not None}
    return {
        node.id: NodeSchema(
            inputs={
                port: [outputs[source] for source in several if source in outputs]
                for port, several in flow.wires(node.id).items()
            },
            output=outputs.get(node.id),
            assumed=node.id in built.assumed,
        )
        for node in flow.nodes
    }


def _build_node(
    built: Built, flow: Flow, node_id: str, kind: type[Node], services: Services, *, metered: bool = False
) -> None:
    entry = flow.node(node_id)
    ports = {port: [built.tables[source] for source in several] for port, several in flow.wires(node_id).items()}
    known = len(list(G._current_scope.nodes))
    try:
        node = kind.model_validate(entry.settings)
        faults = misfit.columns(node_id, node, ports)
        built.findings += faults
        if faults:
            return
        table = _call(kind, node, ports, {name: services[name](node_id) for name in kind.services()})
    except BUILD_ERRORS as error:
        built.findings.append(misfit.finding(node_id, entry.settings, ports, error))
        return
    finally:
        new = list(G._current_scope.nodes)[known:]
        built.operators.update((operator.id, node_id) for operator in new)
    built.failing[node_id] = None
    if metered and table is not None and ports:
        built.failing[node_id] = failing_rows([rows for several in ports.values() for rows in several if rows], table)
        if not all(isinstance(getattr(one, "context", None), RowwiseContext) for one in table._columns.values()):
            # Pathway counts such an operator with its inputs; of this one it counts what comes out.
            table = table.select(*pw.this)
    built.tables[node_id] = table
    built.inputs[node_id] = [rows for several in ports.values() for rows in several if rows is not None]


def build_or_raise(flow: Flow, catalog: Catalog, services: Services) -> Built:
    """Build all nodes.

    Raises:
        BuildError: a node could not be built; the first one in the order of the flow.
    """
    built = build(flow, catalog, services)
    if built.findings:
        first = built.findings[0]
        raise BuildError(first.node, " ".join(part for part in (first.message, first.hint) if part))
    return built


def _call(kind: type[Node], node: Node, ports: Mapping[str, list[Any]], services: Mapping[str, Any]) -> Rows | None:
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for port in kind.inputs():
        if port.many:
            positional += ports.get(port.name, [])
        elif port.name in ports and not any(other.many for other in kind.inputs()):
            named[port.name] = ports[port.name][0]
        elif port.name in ports:
            positional.append(ports[port.name][0])
    return node.build(*positional, **named, **services)


def has_errors(findings: list[Finding]) -> bool:
    """Tell whether any finding keeps the flow from running."""
    return any(finding.severity is Severity.ERROR for finding in findings)
