"""Makes up the output of a node that cannot be built, so that the columns behind it are known all the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import pathway as pw

from workbench.flow.fields import ColumnType, marked
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import TYPES

_DECLARED = get_args(ColumnType)


def stand_in(kind: type[Node], settings: Mapping[str, Any], inputs: list[Rows]) -> Rows | None:
    """Return an empty table with the columns that the node most likely puts out; None when it puts out none.

    Those are the columns of its inputs, and the ones that its settings name as new.
    """
    if not kind.has_output():
        return None
    columns: dict[str, Any] = {}
    for rows in inputs:
        for name, column in rows.schema.columns().items():
            columns.setdefault(name, column.dtype)
    schema = kind.settings_schema()
    defaults = {name: field["default"] for name, field in schema["properties"].items() if "default" in field}
    whole = {**defaults, **settings}
    for item in marked(schema, whole):
        if item.format == "new-column" and item.value != "id":
            columns[item.value] = _declared(whole, item.field)
    return pw.Table.empty(**columns)


def _declared(settings: Any, place: str) -> Any:
    value = settings
    for part in place.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping):
        value = value.get("type")
    return TYPES[value] if isinstance(value, str) and value in _DECLARED else Any
