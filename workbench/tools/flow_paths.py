"""Names of files that a setting of a flow could mean, for editors that complete them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen
from workbench.flow.library import folder_of
from workbench.guard.tool import tool

if TYPE_CHECKING:
    from workbench.core import Workbench

MOST = 200
"""Names that are offered at once."""
_LOOKED_AT = 5_000
_OWN = frozenset(
    {
        "secrets.json", "secrets.key", "owner.lock", "owner.sock", "correlation.yaml",
        "flows", "logs", "packs", "reports", "runbooks", "runs", "slos",
    }
)  # fmt: skip
"""What the workspace keeps for itself."""


class FlowPath(Frozen):
    """One name, as it can stand in a setting."""

    path: str
    """Relative to the folder of the flow; folders end with a slash."""
    size_bytes: int | None
    """None for a folder."""


class FlowPaths(Frozen):
    """What lies in a folder of a flow."""

    folder: Path
    """What the names are relative to."""
    paths: list[FlowPath]

    def text(self) -> str:
        """Return one name a line."""
        return "\n".join(one.path for one in self.paths) or f"nothing that fits in {self.folder}"


@tool(risk="read", command="flow paths", positional=("flow", "typed"))
def flow_paths(wb: Workbench, flow: str, typed: str = "") -> FlowPaths:
    """List the files and folders with which a path in a flow's settings could go on.

    Only what lies in the folder that the flow's relative paths begin at is listed, and neither hidden files nor the
    workspace's own; a way out of it (`..`, an absolute path, a link) lists nothing.

    Args:
        flow: Path of a flow, or its name; it need not be saved.
        typed: What is there of the path.
    """
    base = folder_of(flow, wb.path).resolve()
    inside, _, begun = typed.rpartition("/")
    place = (base / inside).resolve()
    if (
        Path(typed).is_absolute()
        or not place.is_relative_to(base)
        or any(_is_hidden(part) for part in inside.split("/"))
    ):
        return FlowPaths(folder=base, paths=[])
    found = [
        FlowPath(path=f"{inside}/{name}" if inside else name, size_bytes=size)
        for name, size in _listed(place, own=wb.path is not None and place == wb.path.resolve())
        if name.lower().startswith(begun.lower())
    ]
    # Folders first: they are ways, and few.
    found.sort(key=lambda one: (one.size_bytes is not None, one.path.lower()))
    return FlowPaths(folder=base, paths=found[:MOST])


def _listed(place: Path, *, own: bool) -> list[tuple[str, int | None]]:
    """Return the names in a folder and their sizes; nothing of one that is not there or may not be read."""
    found: list[tuple[str, int | None]] = []
    try:
        with os.scandir(place) as entries:
            for entry, _ in zip(entries, range(_LOOKED_AT), strict=False):
                if _is_hidden(entry.name) or (own and _is_own(entry.name)) or entry.is_symlink():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    found.append((entry.name + "/", None))
                elif entry.is_file(follow_symlinks=False):
                    found.append((entry.name, entry.stat(follow_symlinks=False).st_size))
    except OSError:
        # While one types, most paths are not there yet; whether one is, is said by the check.
        return []
    return found


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def _is_own(name: str) -> bool:
    return name in _OWN or name.startswith("causeway.")
