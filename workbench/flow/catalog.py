"""Finds the node types: those of `node_catalog`, and those that installed packages offer."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

from workbench.errors import NotFound
from workbench.flow.findings import did_you_mean
from workbench.flow.node import Node

log = logging.getLogger(__name__)

OWN = "node_catalog"
ENTRY_POINTS = "causeway.nodes"
"""A package offers nodes by an entry point of this group; its value is the package or module that holds them."""

Catalog = Mapping[str, type[Node]]


@cache
def load_catalog() -> Catalog:
    """Import every node type once and return them by kind; takes a second, because nodes import Pathway."""
    roots = [OWN, *(point.value for point in entry_points(group=ENTRY_POINTS))]
    found: dict[str, type[Node]] = {}
    for root in roots:
        try:
            modules = _import_all(root)
        except Exception:
            if root == OWN:
                raise
            # A plug-in that is broken must not take the workbench with it; its kinds are then not known.
            log.exception("the nodes of %r cannot be imported", root)
            continue
        found |= {kind: node for kind, node in Node.types.items() if node.__module__ in modules}
    return dict(sorted(found.items()))


def find(catalog: Catalog, kind: str) -> type[Node] | None:
    """Return the node type of a kind or of a name it had before, or None."""
    return catalog.get(kind) or next((node for node in catalog.values() if kind in node.formerly), None)


def get(catalog: Catalog, kind: str) -> type[Node]:
    """Return a node type.

    Raises:
        NotFound: there is no such kind; the message names the nearest.
    """
    node = find(catalog, kind)
    if node is None:
        raise NotFound("node type", kind, hint=did_you_mean(kind, catalog))
    return node


def _import_all(root: str) -> set[str]:
    # The rooms may not import the catalog by name: it is found as plug-ins are found.
    module: ModuleType = importlib.import_module(root)
    names = {root}
    for info in pkgutil.walk_packages(getattr(module, "__path__", ()), root + "."):
        importlib.import_module(info.name)
        names.add(info.name)
    return names
