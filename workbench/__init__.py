"""Causeway's Python door: open a workspace, call its tools, look at incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.core import RemoteWorkbench, Workbench, open_workbench
    from workbench.flow.graph import Flow
    from workbench.flow.node import Node
    from workbench.flow.rows import Rows
    from workbench.guard.tool import tool

__version__ = "0.1.0"
__all__ = ["Flow", "Node", "RemoteWorkbench", "Rows", "Workbench", "__version__", "open_workbench", "tool"]

# Heavy guests are invited by name only, so that `import workbench` and `causeway --help` stay instant.
_HOMES = {
    "open_workbench": "workbench.core",
    "Workbench": "workbench.core",
    "RemoteWorkbench": "workbench.core",
    "Flow": "workbench.flow.graph",
    "Node": "workbench.flow.node",
    "Rows": "workbench.flow.rows",
    "tool": "workbench.guard.tool",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
