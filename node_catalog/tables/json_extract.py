"""The node `tables.json_extract`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pathway as pw
from pydantic import BaseModel, ConfigDict, Field

from workbench.flow.fields import Column, ColumnType, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import TYPES
from workbench.flow.values import EMPTY, convert


class JsonField(BaseModel):
    """One value inside a JSON text."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    path: str = Field(min_length=1)
    """Where it stands: names and positions with dots between, such as user.roles.0."""
    type: ColumnType = "text"
    """Type of the column."""


class JsonExtract(Node):
    """Make columns of the values inside a column that holds JSON text.

    What is not there becomes an empty text, 0 or false. A row whose text is not JSON is counted as rejected.
    """

    column: Column
    """Column with the JSON text."""
    fields: dict[NewColumn, JsonField] = Field(min_length=1)
    """New columns and where their values stand."""

    def build(self, rows: Rows) -> Rows:
        fields = dict(self.fields)
        types: Any = tuple.__class_getitem__(tuple(TYPES[field.type] for field in fields.values()))

        def extract(text: str) -> tuple[Any, ...]:
            return extract_fields(text, fields)

        values = rows.select(values=pw.apply_with_type(extract, types, rows[self.column])).values
        return rows.with_columns(**{name: values[place] for place, name in enumerate(fields)})


def extract_fields(text: str, fields: Mapping[str, JsonField]) -> tuple[Any, ...]:
    """Return the value of each field; raises ValueError for a text that is not JSON or a value that does not fit."""
    document = json.loads(text) if text else {}
    return tuple(_value(document, field) for field in fields.values())


def _value(document: Any, field: JsonField) -> Any:
    here = document
    for part in field.path.split("."):
        if isinstance(here, dict):
            here = here.get(part)
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            here = None
    return EMPTY[field.type] if here is None else convert(here, field.type)
