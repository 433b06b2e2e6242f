"""Begins a new node type: writes its class and its test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen
from workbench.flow.scaffold import files_of
from workbench.guard.tool import tool

if TYPE_CHECKING:
    from workbench.core import Workbench


class NewNode(Frozen):
    """What was written."""

    kind: str
    files: list[Path]
    next_step: str

    def text(self) -> str:
        """Return the files and what to do with them."""
        return "\n".join([*(f"wrote {path}" for path in self.files), "", self.next_step])


@tool(risk="write", command="new-node", positional=("name",))
def new_node(wb: Workbench, name: str, into: Path = Path(), plugin: str = "") -> NewNode:
    """Write the class of a new node type and its test, ready to be changed.

    Args:
        name: Such as tables.shout in a checkout of Causeway, or shout for a plug-in.
        into: The checkout, or the folder that holds the plug-in's folder or shall hold it.
        plugin: Make it part of a package of this name, which is begun when it is not there yet.
    """
    folder = into.expanduser().resolve()
    files = files_of(name, folder, plugin)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    kind = f"{plugin}.{name}" if plugin else name
    return NewNode(kind=kind, files=list(files), next_step=_next(folder, plugin))


def _next(folder: Path, plugin: str) -> str:
    if plugin:
        return f"Test it: python -m pytest {folder / plugin}\nInstall it: pip install -e {folder / plugin}"
    return "Test it: python -m pytest tests/catalog, then renew the golden list with CAUSEWAY_RENEW_GOLDEN=1"
