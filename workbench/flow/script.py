"""Writes a flow as one Python file: a plain Pathway program that runs where Causeway is not installed.

The classes of the node types are copied into it as they are, so the script does what the flow does.
"""

from __future__ import annotations

import keyword
import re
from typing import Any

from workbench.errors import BadInput
from workbench.flow.catalog import Catalog, get, load_catalog
from workbench.flow.check import check
from workbench.flow.findings import Severity
from workbench.flow.graph import Flow
from workbench.flow.inline import OURS, Inliner
from workbench.flow.node import Node
from workbench.flow.pieces import INSIDE

STANDALONE = "workbench.flow.standalone"
COUNTED = "workbench.flow.counted"
LINE = 116
INSTEAD = {("workbench.flow.node", "Node"): (STANDALONE, "Node")}


def to_script(flow: Flow, catalog: Catalog | None = None, *, count: bool = False) -> str:
    """Return the text of a Python program that does what a flow does; it needs Pathway and nothing of ours.

    Rows for tables of the workspace go to files named <node>.<table>.jsonl, and stored rows come from <table>.jsonl.

    Args:
        flow: What the program shall do.
        catalog: The node types by kind; all when left out.
        count: Let the program count the rows of its sources and sinks, for a control server.

    Raises:
        BadInput: the flow has errors; the message is the first.
        FlowError: a node's code cannot be copied.
    """
    catalog = load_catalog() if catalog is None else catalog
    flow = flow.expanded()
    faults = [
        finding
        for finding in check(flow, catalog)
        if finding.severity is Severity.ERROR
        and finding.code not in ("missing_file", "missing_folder", "missing_extra")
    ]
    if faults:
        raise BadInput(faults[0].text(), where=flow.name, hint=f"`causeway flow check` tells all {len(faults)}")
    kinds = {node.id: get(catalog, node.kind) for node in flow.nodes}
    roots = (*OURS, *{kind.__module__.split(".")[0] for kind in kinds.values()})
    inliner = Inliner(tuple(dict.fromkeys(roots)), instead=INSTEAD)
    variables = _variables(flow)
    inliner.reserve("main", *variables.values())
    run = inliner.need(COUNTED, "run_counted") if count else inliner.need(STANDALONE, "run")
    steps = []
    for node_id in flow.order():
        steps.append(_step(flow, node_id, kinds[node_id], variables, inliner))
        steps += [_count(flow, node_id, kinds[node_id], variables, inliner)] if count else []
    also = "".join(f" and {name}" for name in sorted(inliner.packages() & {"sqlglot"}))
    about = " ".join((flow.description or "").split())
    return "\n".join(
        [
            f'"""{_safe(flow.name)}.{" " + _safe(about) if about else ""}',
            "",
            f"Made by Causeway from a flow; needs Python 3.11, Pathway 0.33{also}.",
            "Paths are relative to where it is run.",
            '"""',
            "",
            "from __future__ import annotations",
            "",
            inliner.text(),
            "",
            "",
            "def main() -> None:",
            f'    """Build the graph of {_safe(flow.name)!r} and run it."""',
            *(f"    {line}" for step in steps for line in step),
            f"    {run}()",
            "",
            "",
            'if __name__ == "__main__":',
            "    main()",
            "",
        ]
    )


def _step(flow: Flow, node_id: str, kind: type[Node], variables: dict[str, str], inliner: Inliner) -> list[str]:
    name = inliner.need(kind.__module__, kind.__name__)
    entry = flow.node(node_id)
    node = kind.model_validate(entry.settings)
    settings = ", ".join(f"{key}={_literal(value)}" for key, value in _plain(node).items())
    wires = flow.wires(node_id)
    arguments = []
    for port in kind.inputs():
        sources = [variables[source] for source in wires.get(port.name, [])]
        arguments += sources if port.many else [f"{port.name}={source}" for source in sources]
    arguments += [f"{service}={inliner.need(STANDALONE, service)}({_file(node_id)!r})" for service in kind.services()]
    target = f"{variables[node_id]} = " if kind.has_output() else ""
    call = f"{target}{name}({settings}).build({', '.join(arguments)})"
    if len(call) > LINE:
        inner = [f"    {key}={_literal(value)}," for key, value in _plain(node).items()]
        return [f"# {entry.kind}", f"{target}{name}(", *inner, f").build({', '.join(arguments)})"]
    return [f"# {entry.kind}", call]


def _count(flow: Flow, node_id: str, kind: type[Node], variables: dict[str, str], inliner: Inliner) -> list[str]:
    wires = [source for several in flow.wires(node_id).values() for source in several]
    if wires and kind.has_output():
        return []
    direction, tables = ("in", [variables[source] for source in wires]) if wires else ("out", [variables[node_id]])
    return [f"{inliner.need(COUNTED, 'counted')}({node_id!r}, {direction!r}, {', '.join(tables)})"]


def _plain(node: Node) -> dict[str, Any]:
    return node.model_dump(mode="json", exclude_defaults=True)


def _literal(value: Any) -> str:
    return repr(value)


def _variables(flow: Flow) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in flow.nodes:
        name = re.sub(r"\W", "_", node.id)
        while keyword.iskeyword(name) or name in found.values():
            name += "_rows"
        found[node.id] = name
    return found


def _file(node_id: str) -> str:
    """Return the id as it can stand in the name of a file, also of a node in a part."""
    return node_id.replace(INSIDE, ".")


def _safe(text: str) -> str:
    return text.replace("\\", "/").replace('"', "'")
