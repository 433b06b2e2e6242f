"""Flows: list, check, write as a script; node types and their settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.flow.findings import Finding, Severity
from workbench.flow.graph import Flow
from workbench.flow.library import SAMPLES, available, locate
from workbench.flow.node import NodeType
from workbench.guard.tool import tool
from workbench.tools.texts import Listing, columns, count, one_line

if TYPE_CHECKING:
    from workbench.core import Workbench


class FlowCheck(Frozen):
    """Every finding of a flow."""

    flow: str
    nodes: int
    findings: list[Finding]

    @property
    def exit_code(self) -> int:
        """1 when the flow cannot run."""
        return int(any(finding.severity is Severity.ERROR for finding in self.findings))

    def text(self) -> str:
        """Return one line for each finding."""
        if not self.findings:
            return f"{self.flow}: {count(self.nodes, 'node')}, nothing to mend."
        return "\n".join(finding.text() for finding in self.findings)


class FlowEntry(Frozen):
    """A flow that can be run by its name."""

    name: str
    description: str
    path: Path
    sample: bool = False
    """Whether it is one that is shipped, to begin with."""


class FlowEntries(Listing[FlowEntry]):
    """Flows by name."""

    def text(self) -> str:
        """Return one line for each."""
        return columns(("FLOW", "WHAT IT DOES"), [(one.name, one_line(one.description, 100)) for one in self.root])


class Palette(Listing[NodeType]):
    """Node types."""

    def text(self) -> str:
        """Return one line for each."""
        head = ("KIND", "INPUTS", "WHAT IT DOES")
        rows = [
            (one.kind, ", ".join(port.name for port in one.inputs) or "-", one_line(one.summary, 100))
            for one in self.root
        ]
        return columns(head, rows)


@tool(risk="read", command="flow list")
def flow_list(wb: Workbench) -> FlowEntries:
    """List the flows of the workspace and the samples."""
    found = [(name, path, Flow.load(path)) for name, path in available(wb.path).items()]
    return FlowEntries(
        [
            FlowEntry(name=name, description=flow.description, path=path, sample=path.parent == SAMPLES)
            for name, path, flow in found
        ]
    )


@tool(risk="read", command="flow check", positional=("flow",))
def flow_check(
    wb: Workbench,
    flow: str,
    set_: list[str] = [],  # noqa: B006 - never changed
    document: str | None = None,
) -> FlowCheck:
    """Find everything that keeps a flow from running, or that it will suffer from, without running it.

    Args:
        flow: Path of a flow, or the name of one in the workspace or among the samples.
        set_: Another value for a setting, as node.field=value; may be given several times.
        document: The flow as JSON, in place of what is saved; for editors.
    """
    found = locate(flow, wb.path, document)
    changed = found.flow.with_settings(settings_of(set_))
    findings = wb.supervisor.dry_build(changed, folder=found.folder)
    return FlowCheck(flow=changed.name, nodes=len(changed.nodes), findings=findings)


@tool(risk="read", command="flow nodes")
def flow_nodes(wb: Workbench, group: str | None = None) -> Palette:
    """List the node types that flows are made of.

    Args:
        group: Only this group, such as sources, tables, windows, text, detectors or sinks.
    """
    from workbench.flow.catalog import load_catalog

    found = [node.describe() for node in load_catalog().values()]
    chosen = [one for one in found if group in (None, one.group)]
    if not chosen:
        raise BadInput(f"no group {group!r}", hint="Groups: " + ", ".join(sorted({one.group for one in found})))
    return Palette(chosen)


@tool(risk="read", command="flow schema", positional=("kind",))
def flow_schema(wb: Workbench, kind: str | None = None) -> dict[str, Any]:
    """Return the JSON Schema of the settings of one node type, or of all by kind.

    Args:
        kind: Such as tables.filter; all when left out.
    """
    from workbench.flow.catalog import get, load_catalog

    catalog = load_catalog()
    if kind is not None:
        return get(catalog, kind).model_json_schema()
    return {name: node.model_json_schema() for name, node in catalog.items()}


@tool(risk="read", command="flow script", positional=("flow",))
def flow_script(
    wb: Workbench,
    flow: str,
    set_: list[str] = [],  # noqa: B006 - never changed
    document: str | None = None,
) -> str:
    """Write a flow as one plain Pathway program that runs where Causeway is not installed.

    Args:
        flow: Path of a flow, or the name of one in the workspace or among the samples.
        set_: Another value for a setting, as node.field=value; may be given several times.
        document: The flow as JSON, in place of what is saved; for editors.
    """
    from workbench.flow.script import to_script

    return to_script(locate(flow, wb.path, document).flow.with_settings(settings_of(set_)))


def settings_of(texts: list[str]) -> dict[str, dict[str, Any]]:
    """Return node -> field -> value of texts such as read.path=app.log; values are JSON if they can be, else text."""
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        place, sign, value = text.partition("=")
        node, dot, field = place.partition(".")
        if not (sign and dot and node and field):
            raise BadInput(f"{text!r} is not node.field=value", where="set", hint="Such as --set read.path=app.log")
        try:
            found.setdefault(node, {})[field] = json.loads(value)
        except json.JSONDecodeError:
            found.setdefault(node, {})[field] = value
    return found
