"""The table of connectors: every node that speaks with another system, and what is promised and tested of it."""

from __future__ import annotations

from workbench.flow.catalog import Catalog
from workbench.flow.node import Node

HEAD = ("Node", "Direction", "Install", "After a crash", "Test connection", "Tested against")


def connectors(catalog: Catalog) -> list[type[Node]]:
    """Return the node types that speak with another system, sorted by kind."""
    return [node for node in catalog.values() if node.tested is not None or node.needs is not None]


def connector_table(catalog: Catalog) -> str:
    """Return the table as Markdown."""
    rows = [HEAD, ("---",) * len(HEAD), *(_row(node) for node in connectors(catalog))]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(node: type[Node]) -> tuple[str, ...]:
    return (
        f"`{node.kind}`",
        "reads" if node.has_output() else "writes",
        f"`causeway[{node.needs.extra}]`" if node.needs else "nothing",
        node.delivers(),
        "yes" if node.probe is not None else "no",
        node.tested or "",
    )
