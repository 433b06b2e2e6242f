"""Remembers the columns of flows that were looked at, as long as neither the flow nor a file it names changes."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from glob import has_magic
from itertools import islice
from pathlib import Path
from typing import Any

from workbench.flow.columns import NodeSchema
from workbench.flow.graph import Flow
from workbench.flow.text import arranged_settings, in_order

MOST = 64
"""Flows that are remembered."""
MOST_FILES = 200
"""Files of one pattern whose changes are seen."""
LONGEST_PATH = 500


class Seen:
    """The last flows, by fingerprint. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[str, dict[str, NodeSchema]] = OrderedDict()

    def get(self, key: str) -> dict[str, NodeSchema] | None:
        """Return what is known; None when nothing is."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: str, schemas: dict[str, NodeSchema]) -> None:
        """Remember, and forget the oldest."""
        with self._lock:
            self._found[key] = schemas
            if len(self._found) > MOST:
                self._found.popitem(last=False)


def fingerprint(flow: Flow, folder: Path) -> str:
    """Return a hash over all that columns depend on: nodes, settings, wires, and size and time of files they name."""
    nodes = [[node.id, node.kind, arranged_settings(node.settings)] for node in flow.nodes]
    edges = [[edge.source, edge.target, edge.port] for edge in flow.edges]
    files = [_state(folder, text) for node in flow.nodes for text in _texts(node.settings)]
    return hashlib.sha256(in_order([nodes, edges, str(folder), files]).encode()).hexdigest()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _state(folder: Path, text: str) -> list[list[Any]]:
    # Any text may be a path: which settings are is known to the node types, which take a second to import.
    if len(text) > LONGEST_PATH or not text.isprintable():
        return []
    path = folder / text
    try:
        found = islice(folder.glob(text), MOST_FILES) if has_magic(text) and not Path(text).is_absolute() else [path]
        return [[str(one), (stat := one.stat()).st_mtime_ns, stat.st_size] for one in found if one.exists()]
    except (OSError, ValueError, NotImplementedError):
        return []
