"""The node `tables.json_extract`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import pathway as pw
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from workbench.flow.example import Example, example, grid
from workbench.flow.expression.jsonpath import document_of, look_up, read_path
from workbench.flow.fields import Column, ColumnType, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import TYPES
from workbench.flow.values import EMPTY, convert


def _path(value: str) -> str:
    read_path(value)
    return value


class JsonField(BaseModel):
    """One value inside JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    path: Annotated[str, Field(min_length=1), AfterValidator(_path)]
    """Where it stands: names and positions with dots between, such as user.roles.0 or labels["a.b"]."""
    type: ColumnType = "text"
    """Type of the column."""


class JsonExtract(Node):
    """Make columns of the values inside a column that holds JSON, as text or as type json.

    A row whose text is not JSON, or whose value does not fit its type, is counted as rejected.
    """

    column: Column
    """Column with the JSON."""
    fields: dict[NewColumn, JsonField] = Field(min_length=1)
    """New columns and where their values stand."""
    missing: Literal["empty", "none"] = "empty"
    """What stands for a value that is not there: an empty text, 0 or false, or none."""

    example: ClassVar[Example | None] = example(
        {"column": "body", "fields": {"user": {"path": "user.name"}, "code": {"path": "codes.0", "type": "integer"}}},
        grid("body user code", ('{"user": {"name": "eve"}, "codes": [503]}', "eve", 503), ("{}", "", 0)),
        grid("body", ('{"user": {"name": "eve"}, "codes": [503]}',), ("{}",)),
    )

    def build(self, rows: Rows) -> Rows:
        fields, nullable = dict(self.fields), self.missing == "none"
        kinds = [TYPES[one.type] | None if nullable else TYPES[one.type] for one in fields.values()]
        types: Any = tuple.__class_getitem__(tuple(kinds))

        def extract(document: Any) -> tuple[Any, ...]:
            return extract_fields(document, fields, nullable=nullable)

        found = pw.udf(extract, return_type=types, deterministic=True)(rows[self.column])
        values = rows.select(values=found).values
        return rows.with_columns(**{name: values[place] for place, name in enumerate(fields)})


def extract_fields(document: Any, fields: Mapping[str, JsonField], *, nullable: bool = False) -> tuple[Any, ...]:
    """Return the value of each field; raises ValueError for a text that is not JSON or a value that does not fit."""
    whole = document_of(document)
    found = [look_up(whole, read_path(field.path)) for field in fields.values()]
    return tuple(
        (None if nullable else EMPTY[field.type]) if value is None else convert(value, field.type)
        for value, field in zip(found, fields.values(), strict=True)
    )
