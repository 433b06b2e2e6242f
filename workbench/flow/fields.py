"""Kinds of settings that mean something to forms and checks: columns, files, expressions, secrets, types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from workbench.flow.naming import INSTEAD, TAKEN

_SECRET = re.compile(r"\$\{secret:([A-Za-z][A-Za-z0-9_.-]*)\}")
NO_SECRETS = "a flow holds no secrets"


def _secret_reference(value: str) -> str:
    if not _SECRET.fullmatch(value):
        raise ValueError(f"{NO_SECRETS}; write a reference such as ${{secret:NAME}}")
    return value


def secret_name(reference: str) -> str:
    """Return NAME of `${secret:NAME}`; raises ValueError for anything else."""
    found = _SECRET.fullmatch(_secret_reference(reference))
    return found[1] if found else ""


def _free_name(value: str) -> str:
    if value == TAKEN:
        said = f"write {INSTEAD}, which is found under both names and written to SQL as {TAKEN}"
        raise ValueError(f"a column cannot be called {value!r}: Pathway names its row key so; {said}")
    return value


Column = Annotated[str, Field(min_length=1, json_schema_extra={"format": "column"})]
"""Name of a column that an input of the node must have."""
NewColumn = Annotated[str, Field(min_length=1, json_schema_extra={"format": "new-column"}), AfterValidator(_free_name)]
"""Name of a column that the node makes."""
Expression = Annotated[str, Field(min_length=1, json_schema_extra={"format": "expression"})]
"""A computation over columns; see `workbench.flow.expression`."""
InputFile = Annotated[str, Field(min_length=1, json_schema_extra={"format": "input-file"})]
"""A file that must be there before the run; relative to the flow's folder."""
InputPath = Annotated[str, Field(min_length=1, json_schema_extra={"format": "input-path"})]
"""A file, a folder of files, or a pattern such as logs/*.log, that must be there before the run."""
OutputFile = Annotated[str, Field(min_length=1, json_schema_extra={"format": "output-file"})]
"""A file that the run writes; its folder must be there."""
Secret = Annotated[str, AfterValidator(_secret_reference), Field(json_schema_extra={"format": "secret"})]
"""A reference `${secret:NAME}`; the value itself never stands in a flow."""
ColumnType = Literal["text", "integer", "number", "boolean", "time", "duration", "json", "bytes"]
"""Type of a column that a user declares; `workbench.flow.types.TYPES` has Python's type of each."""


@dataclass(frozen=True, slots=True)
class Marked:
    """One value of the settings that has a format."""

    field: str
    """Dotted path, such as `columns.price`."""
    format: str
    value: str
    port: str
    """The input it is about; empty means any."""


def marked(schema: Mapping[str, Any], settings: Any) -> Iterator[Marked]:
    """Yield every text in `settings` whose place in the JSON schema has a format."""
    yield from _walk(schema, settings, "", schema.get("$defs", {}))


def _walk(schema: Mapping[str, Any], value: Any, path: str, defs: Mapping[str, Any]) -> Iterator[Marked]:
    if "$ref" in schema:
        schema = defs[schema["$ref"].rsplit("/", 1)[-1]]
    for option in schema.get("anyOf", ()):
        yield from _walk(option, value, path, defs)
    if isinstance(value, str):
        if "format" in schema and value:
            yield Marked(path, schema["format"], value, schema.get("port", ""))
    elif isinstance(value, Mapping):
        names = schema.get("propertyNames", {})
        rest = schema.get("additionalProperties")
        for key, inner in value.items():
            place = f"{path}.{key}" if path else str(key)
            if names:
                yield from _walk(names, key, place, defs)
            part = schema.get("properties", {}).get(key, rest)
            if isinstance(part, Mapping):
                yield from _walk(part, inner, place, defs)
    elif isinstance(value, (list, tuple)) and isinstance(schema.get("items"), Mapping):
        for index, inner in enumerate(value):
            yield from _walk(schema["items"], inner, f"{path}.{index}", defs)
