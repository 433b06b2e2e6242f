"""Finds every fault of a flow that can be seen without building it; columns are seen by the engine's dry build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from glob import has_magic
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from workbench.errors import BadExpression, BadInput
from workbench.flow.addresses import shared
from workbench.flow.catalog import Catalog, find
from workbench.flow.expression.parser import parse
from workbench.flow.fields import NO_SECRETS, marked, secret_name
from workbench.flow.findings import Finding, Severity, did_you_mean
from workbench.flow.graph import Flow
from workbench.flow.node import Node
from workbench.flow.pieces import PART, FlowNode


def check(
    flow: Flow, catalog: Catalog, *, folder: Path | None = None, secrets: Collection[str] | None = None
) -> list[Finding]:
    """Return all findings at once: kinds, settings, wires, circles, files, secrets, packages, growth, addresses.

    Args:
        flow: What to check.
        catalog: The node types by kind.
        folder: What relative paths in settings are relative to; the current folder when left out.
        secrets: Names of the secrets that there are; not looked at when left out.
    """
    found: list[Finding] = []
    if not flow.nodes:
        found.append(Finding(node="", code="empty", message="the flow has no nodes.", hint="Add a source."))
    for name, count in Counter(node.id for node in flow.nodes).items():
        if count > 1:
            found.append(Finding(node=name, code="duplicate_id", message=f"{count} nodes have the id {name!r}."))
    nodes: dict[str, Node] = {}
    for entry in flow.nodes:
        faults, node = _settings(entry, catalog)
        found += faults
        if node is not None:
            nodes[entry.id] = node
            found += _formats(entry.id, node, folder or Path())
            found += _outside(entry.id, node, secrets)
    found += _edges(flow, catalog)
    found += _circle(flow)
    found += _growth(flow, nodes)
    found += shared(nodes)
    return found


def _settings(entry: FlowNode, catalog: Catalog) -> tuple[list[Finding], Node | None]:
    kind = find(catalog, entry.kind)
    if kind is None and entry.kind.startswith(PART):
        message = f"the flow has no part {entry.kind.removeprefix(PART)!r}, or the part holds itself."
        hint = "Make the part from nodes, or remove this one."
        return [Finding(node=entry.id, field="kind", code="unknown_part", message=message, hint=hint)], None
    if kind is None:
        hint = did_you_mean(entry.kind, catalog)
        message = f"there is no node type {entry.kind!r}."
        return [Finding(node=entry.id, field="kind", code="unknown_kind", message=message, hint=hint)], None
    try:
        return [], kind.model_validate(entry.settings)
    except ValidationError as error:
        return [_bad_setting(entry.id, kind, fault) for fault in error.errors()], None


def _bad_setting(node_id: str, kind: type[Node], fault: ErrorDetails) -> Finding:
    place = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        message = f"{kind.kind} has no setting {place!r}."
        return Finding(
            node=node_id,
            field=place,
            code="unknown_setting",
            message=message,
            hint=did_you_mean(place, kind.model_fields),
        )
    if fault["type"] == "missing":
        help_text = kind.model_fields[place].description if place in kind.model_fields else ""
        return Finding(
            node=node_id, field=place, code="missing_setting", message=f"{place!r} is not set.", hint=help_text or ""
        )
    said = str(fault["msg"]).removeprefix("Value error, ")
    # What stands in place of a reference may be the secret itself, so it is not repeated.
    # And what is wrong of the node as a whole needs no list of all its settings.
    shown = "" if said.startswith(NO_SECRETS) or not place else f"{fault['input']!r}: "
    return Finding(node=node_id, field=place, code="bad_setting", message=f"{shown}{said}.")


def _formats(node_id: str, node: Node, folder: Path) -> Iterator[Finding]:
    for item in marked(type(node).settings_schema(), node.model_dump(mode="json")):
        place = {"node": node_id, "field": item.field}
        if item.format in ("input-file", "input-path") and not _is_there(folder, item.value, item.format):
            yield Finding(
                **place,
                code="missing_file",
                message=f"{item.value!r} is not there.",
                hint=f"Choose a file that is there, or put one there; paths are relative to {folder.resolve()}.",
            )
        elif item.format == "output-file" and not (folder / item.value).parent.is_dir():
            yield Finding(
                **place,
                code="missing_folder",
                message=f"the folder of {item.value!r} is not there.",
                hint="Make it, or write elsewhere.",
            )
        elif item.format == "expression":
            try:
                parse(item.value)
            except BadExpression as error:
                yield Finding.of_expression(node_id, item.field, error)


def _outside(node_id: str, node: Node, secrets: Collection[str] | None) -> Iterator[Finding]:
    """Yield what a node that speaks with another system lacks on this machine: packages, secrets."""
    if node.needs is not None and (lacking := node.needs.missing()):
        yield Finding(
            node=node_id,
            code="missing_extra",
            message=f"{node.kind} needs the package {lacking[0]!r}, which is not installed.",
            hint=f"pip install 'causeway[{node.needs.extra}]'",
        )
    for item in marked(type(node).settings_schema(), node.model_dump(mode="json")):
        if item.format == "secret" and secrets is not None and (name := secret_name(item.value)) not in secrets:
            yield Finding(
                node=node_id,
                field=item.field,
                code="missing_secret",
                message=f"there is no secret {name!r}.",
                hint=f"Set it: causeway secret-set {name}",
            )


def _is_there(folder: Path, value: str, kind: str) -> bool:
    path = folder / value
    if kind == "input-file":
        return path.is_file()
    return path.exists() or (has_magic(value) and any(folder.glob(value) if not Path(value).is_absolute() else [path]))


def _edges(flow: Flow, catalog: Catalog) -> Iterator[Finding]:
    kinds = {node.id: find(catalog, node.kind) for node in flow.nodes}
    read = {edge.source for edge in flow.edges}
    for edge in flow.edges:
        for end in (edge.source, edge.target):
            if end not in kinds:
                yield Finding(
                    node=end,
                    code="unknown_node",
                    message=f"a wire {edge.source} -> {edge.target} names {end!r}, which is not a node.",
                    hint=did_you_mean(end, kinds),
                )
        source = kinds.get(edge.source)
        if source is not None and not source.has_output():
            yield Finding(
                node=edge.source, code="no_output", message=f"{source.kind} only writes; nothing can read from it."
            )
    for node_id, kind in kinds.items():
        if kind is None:
            continue
        yield from _ports(flow, node_id, kind)
        if kind.has_output() and node_id not in read:
            yield Finding(
                node=node_id,
                code="unread",
                message="nothing reads its output, so it is not computed.",
                hint="Wire it to a sink or remove it.",
                severity=Severity.WARNING,
            )


def _ports(flow: Flow, node_id: str, kind: type[Node]) -> Iterator[Finding]:
    wires = flow.wires(node_id)
    ports = {port.name: port for port in kind.inputs()}
    for name, sources in wires.items():
        if name not in ports:
            hint = did_you_mean(name, ports) or "It takes no input."
            yield Finding(
                node=node_id, field=name, code="unknown_port", message=f"{kind.kind} has no input {name!r}.", hint=hint
            )
        elif len(sources) > 1 and not ports[name].many:
            yield Finding(
                node=node_id,
                field=name,
                code="duplicate_wire",
                message=f"input {name!r} has {len(sources)} wires ({', '.join(sources)}).",
                hint="Keep one, or put tables.concat between.",
            )
    for name, port in ports.items():
        if port.required and name not in wires:
            yield Finding(
                node=node_id,
                field=name,
                code="missing_wire",
                message=f"input {name!r} is not wired.",
                hint="Draw a wire from the node whose rows it shall read.",
            )


def _circle(flow: Flow) -> Iterator[Finding]:
    try:
        flow.order()
    except BadInput as error:
        names = error.what.removeprefix("the wires form a circle: ")
        yield Finding(
            node=names.split(" -> ")[0],
            code="cycle",
            message=f"the wires form a circle: {names}.",
            hint="Remove one of these wires.",
        )


def _growth(flow: Flow, nodes: dict[str, Node]) -> Iterator[Finding]:
    endless = {name for name, node in nodes.items() if node.endless}
    reached = set(endless)
    while True:
        more = {edge.target for edge in flow.edges if edge.source in reached} - reached
        if not more:
            break
        reached |= more
    for name in sorted(reached & set(nodes)):
        if nodes[name].grows:
            yield Finding(
                node=name,
                code="grows",
                message="its input never ends and it forgets nothing, so memory grows without bound.",
                hint=nodes[name].grows,
                severity=Severity.WARNING,
            )
