"""What Pathway has kept of a run, as its files say, and whether another run may go on with it.

The files are Pathway's own business; `tests/engine/test_checkpoint.py` fails when a new version writes others.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from importlib.metadata import version
from pathlib import Path

from workbench.flow.graph import Flow
from workbench.flow.text import arranged_settings

ALL = 2**62
"""Everything that was read is kept: the sources had come to their end."""
SNAPSHOT_MS = 500
"""How often Pathway writes what was read; after a crash at most so much is read again."""
_METADATA = re.compile(r"(\d+)-\d+-\d+")


def digest(flow: Flow, folder: str) -> str:
    """Return what two flows have in common when one can go on with the other's state.

    Name, description, positions and run options do not count; nodes, settings, wires, folder and versions do.
    """
    # Rows that were kept are tuples: columns in another order are other rows.
    nodes = sorted((node.id, node.kind, arranged_settings(node.settings)) for node in flow.nodes)
    edges = [(edge.source, edge.target, edge.port) for edge in flow.edges]
    text = json.dumps([nodes, edges, folder, version("pathway"), version("causeway")])
    return hashlib.sha256(text.encode()).hexdigest()


def kept_before(folder: Path) -> int | None:
    """Return the engine time before which everything is kept; None when nothing is.

    It is a frontier, as in timely dataflow: what came at this very time may still grow, so its input is not kept.
    """
    newest: tuple[int, int] | None = None
    for file in folder.iterdir() if folder.is_dir() else ():
        match = _METADATA.fullmatch(file.name)
        if not match:
            continue
        try:
            said = json.loads(file.read_text(encoding="utf-8"))["last_advanced_timestamp"]
        except (OSError, ValueError, KeyError):
            # Pathway replaces these files while it runs, and keeps two for this reason.
            continue
        time = ALL if said == "Done" else int(said["At"])
        newest = max(newest or (0, 0), (int(match[1]), time))
    return newest[1] if newest else None


def clear(folder: Path) -> None:
    """Remove a state."""
    shutil.rmtree(folder, ignore_errors=True)
