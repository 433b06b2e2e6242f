"""The one name that columns of other systems often have and ours cannot: `id`, as Pathway calls its own key of a row.

In a flow it is called `id_`. Sources find it under both names, and sinks in other systems write it as `id`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

TAKEN, INSTEAD = "id", "id_"


def outside(name: str) -> str:
    """Return what a column of a flow is called in another system."""
    return TAKEN if name == INSTEAD else name


def inside(name: str) -> str:
    """Return what a column of another system is called in a flow."""
    return INSTEAD if name == TAKEN else name


def among(names: Collection[str], name: str) -> str:
    """Return what a column of a flow is called among some names; its own name where it is not there at all."""
    return outside(name) if name not in names and outside(name) in names else name


def record_inside(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record of another system with its values by the names of a flow; unchanged without `id`."""
    if TAKEN not in record or INSTEAD in record:
        return record
    return {inside(name): value for name, value in record.items()}


def record_outside(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row with its values by the names of another system; unchanged without `id_`."""
    return {outside(name): value for name, value in row.items()} if INSTEAD in row else row
