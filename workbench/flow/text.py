"""How a flow is written as JSON: one way only, so that a change is a small diff and equal flows have one hash."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"0|[1-9][0-9]*")


def arranged(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a flow's document with its keys in the order in which they are written.

    Keys are sorted. What lies inside of a setting keeps its order: a map of columns is the order of the columns.
    """
    made = _arranged_graph(document)
    parts = document.get("parts")
    if isinstance(parts, Mapping):
        made["parts"] = {name: _arranged_graph(part) for name, part in sorted(parts.items())}
    return made


def compact(document: Mapping[str, Any]) -> str:
    """Return a flow's document as text without a space; it tells 1, 1.0 and true apart, and orders of columns."""
    return in_order(arranged(document))


def arranged_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a node sorted by name, the rows of each in their order."""
    return {name: _kept(value) for name, value in sorted(settings.items())}


def in_order(value: Any) -> str:
    """Return a JSON value as text, its keys in the order they have."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def row_names(rows: Mapping[str, Any]) -> list[str]:
    """Return the names in a map of a setting in the order in which they are written.

    A browser puts names that are whole numbers first, whatever was written. Maps with one of them are sorted instead,
    so that opening a flow there does not change it.
    """
    return sorted(rows) if any(_PLACE.fullmatch(name) for name in rows) else list(rows)


def _arranged_graph(graph: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = _sorted(graph)
    if isinstance(nodes := graph.get("nodes"), list):
        made["nodes"] = [_arranged_node(node) for node in nodes]
    return made


def _arranged_node(node: Any) -> Any:
    made = _sorted(node)
    if isinstance(node, Mapping) and isinstance(settings := node.get("settings"), Mapping):
        made["settings"] = arranged_settings(settings)
    return made


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _kept(value[name]) for name in row_names(value)}
    return [_kept(one) for one in value] if isinstance(value, list) else value


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _sorted(inner) for name, inner in sorted(value.items())}
    return [_sorted(one) for one in value] if isinstance(value, list) else value
