"""Says whether a flow can run without Causeway, in a container; every finding at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.engine.export.image import PORT
from workbench.errors import FlowError
from workbench.flow import standalone
from workbench.flow.catalog import Catalog, get
from workbench.flow.check import check
from workbench.flow.fields import marked, secret_name
from workbench.flow.findings import Finding, Severity
from workbench.flow.graph import Flow
from workbench.flow.inline import OURS, Inliner
from workbench.flow.listen.settings import is_loopback
from workbench.flow.node import Node
from workbench.flow.script import INSTEAD

LARGEST_FILE = 8 << 20
_ELSEWHERE = frozenset({"missing_file", "missing_folder"})
_LOOPBACK = re.compile(r"\b(127\.0\.0\.1|localhost)\b|\[::1\]")
_WORKSPACE = {
    "deliver": "its rows go to {node}.TABLE.jsonl in the data folder: there is no workspace.",
    "read_table": "it reads TABLE.jsonl in the data folder: there is no workspace.",
    "template_store": "it keeps its templates in the data folder: there is no workspace.",
}


@dataclass(frozen=True, slots=True)
class Listens:
    """A port of a node that others can reach."""

    node: str
    port: int
    protocol: str
    """TCP or UDP."""

    @property
    def name(self) -> str:
        """Return a name that no other port of the flow has."""
        return f"in-{self.port}-{self.protocol.lower()}"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a flow needs from where it runs."""

    findings: list[Finding]
    secrets: list[str]
    """Names of secrets, in alphabetical order."""
    files: dict[str, Path]
    """Files that go into the image: place in the data folder -> where they are here."""
    inputs: list[str]
    """Paths that it reads, and that have to be put into the data folder or mounted."""
    extras: list[str]
    """Extras of Causeway that its nodes need, such as `postgres`."""
    listens: list[Listens]
    """Where others can send to it."""
    shared_by: list[str]
    """How several replicas share the input, one sentence for each source that can; empty when one cannot."""


def needs_of(flow: Flow, catalog: Catalog, folder: Path) -> Needs:
    """Return what a flow needs, with all that keeps it from running in a container.

    Args:
        flow: What to look at.
        catalog: The node types by kind.
        folder: What relative paths are relative to here.
    """
    # Data is put where the container is; that it is not here says nothing.
    flow = flow.expanded()
    findings = [finding for finding in check(flow, catalog, folder=folder) if finding.code not in _ELSEWHERE]
    findings += _run_findings(flow)
    nodes: dict[str, Node] = {}
    secrets: set[str] = set()
    files: dict[str, Path] = {}
    inputs: list[str] = []
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Needs(findings, [], {}, [], [], [], [])
    for entry in flow.nodes:
        node = nodes[entry.id] = get(catalog, entry.kind).model_validate(entry.settings)
        findings += _node_findings(entry.id, node)
        for item in marked(type(node).model_json_schema(), node.model_dump(mode="json")):
            if item.format == "secret":
                secrets.add(secret_name(item.value))
            elif item.format in ("input-file", "input-path", "output-file"):
                findings += _path_findings(entry.id, item.field, item.value)
                if item.format == "input-file" and not Path(item.value).is_absolute():
                    findings += _shipped(entry.id, item.field, item.value, folder, files)
                elif item.format == "input-path" and item.value not in inputs:
                    inputs.append(item.value)
    listens = _listens(nodes)
    findings += _taken(listens)
    return Needs(findings, sorted(secrets), files, inputs, _extras(nodes), listens, _shared(nodes, flow))


def _node_findings(node_id: str, node: Node) -> Iterator[Finding]:
    for service in node.services():
        if not hasattr(standalone, service):
            yield Finding(
                node=node_id,
                code="needs_workspace",
                message=f"{node.kind} needs {service!r}, which only a workspace has.",
                hint="Leave the node out, or run the flow with `causeway flow run`.",
            )
        elif service in _WORKSPACE:
            yield _warning(node_id, "", "no_workspace", _WORKSPACE[service].format(node=node_id))
    try:
        roots = tuple(dict.fromkeys((*OURS, type(node).__module__.split(".")[0])))
        Inliner(roots, instead=INSTEAD).need(type(node).__module__, type(node).__name__)
    except (FlowError, SyntaxError) as error:
        yield Finding(
            node=node_id,
            code="cannot_be_copied",
            message=f"the code of {node.kind} cannot be copied into a program: {error}.",
            hint="See docs/add-a-node.md for what a node may import.",
        )
    for name, value in node.model_dump(mode="json").items():
        if isinstance(value, str) and _LOOPBACK.search(value):
            said = f"{value!r} is the container itself there."
            yield _warning(node_id, name, "loopback", said, "Use the name of a service, or an address of the network.")


def _path_findings(node_id: str, field: str, value: str) -> Iterator[Finding]:
    if ".." in Path(value).parts or value.startswith("~"):
        yield Finding(
            node=node_id,
            field=field,
            code="path_outside",
            message=f"{value!r} leads out of the data folder.",
            hint="Use a path in the folder of the flow, or an absolute one that is mounted.",
        )
    elif Path(value).is_absolute():
        yield _warning(
            node_id, field, "absolute_path", f"{value!r} has to be mounted into the container at this place."
        )


def _shipped(node_id: str, field: str, value: str, folder: Path, files: dict[str, Path]) -> Iterator[Finding]:
    path = folder / value
    if not path.is_file():
        told = f"{value!r} is not there, and has to go into the image."
        yield Finding(node=node_id, field=field, code="missing_file", message=told)
    elif path.stat().st_size > LARGEST_FILE:
        told = f"{value!r} is larger than {LARGEST_FILE >> 20} MB, too large for the image."
        hint = "Mount it: give an absolute path."
        yield Finding(node=node_id, field=field, code="file_too_large", message=told, hint=hint)
    else:
        files[Path(value).as_posix()] = path


def _extras(nodes: dict[str, Node]) -> list[str]:
    return sorted({node.needs.extra for node in nodes.values() if node.needs is not None})


def _run_findings(flow: Flow) -> Iterator[Finding]:
    ignored = [name for name in ("resume", "max_errors") if getattr(flow.run, name)]
    if ignored:
        said = (
            f"{' and '.join(ignored)}: an exported program does not do it; each run begins at the start of its input."
        )
        yield _warning("", "run", "not_exported", said)


def _listens(nodes: dict[str, Node]) -> list[Listens]:
    """Return the ports of nodes that others can reach."""
    return [
        Listens(node_id, value, protocol.upper())
        for node_id, node in nodes.items()
        if node.listens and not is_loopback(getattr(node, "host", ""))
        for name, value in node.model_dump().items()
        if (name == "port" or name.endswith("_port")) and value
        for protocol in getattr(node, "transports", ["tcp"])
    ]


def _taken(listens: list[Listens]) -> Iterator[Finding]:
    for one in listens:
        if one.port == PORT and one.protocol == "TCP":
            said = f"port {PORT} is that of the control server."
            yield Finding(node=one.node, field="port", code="port_taken", message=said, hint="Choose another one.")


def _shared(nodes: dict[str, Node], flow: Flow) -> list[str]:
    sources = {node_id: node for node_id, node in nodes.items() if not flow.wires(node_id)}
    told = [f"{node_id}: {node.shares}" for node_id, node in sources.items() if node.shares]
    return told if len(told) == len(sources) else []


def _warning(node: str, field: str, code: str, message: str, hint: str = "") -> Finding:
    return Finding(node=node, field=field, code=code, message=message, hint=hint, severity=Severity.WARNING)
