"""JSON in the shape that another program wants: a template in which texts name columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.errors import BadInput
from workbench.flow.findings import did_you_mean

_NAME = re.compile(r"\$\{([A-Za-z_]\w*)\}")


def shaped(template: Any, row: Mapping[str, Any]) -> Any:
    """Return the template with a row's values; a text that is only `${column}` becomes the value itself."""
    match template:
        case dict():
            return {key: shaped(value, row) for key, value in template.items()}
        case list():
            return [shaped(value, row) for value in template]
        case str() if whole := _NAME.fullmatch(template):
            return row[whole[1]]
        case str():
            return _NAME.sub(lambda found: as_text(row[found[1]]), template)
        case _:
            return template


def as_text(value: Any) -> str:
    """Return a value as part of a text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def known_columns(template: Any, rows: Any) -> None:
    """Check that a table has the columns that a template names; raises `BadInput` with the first that it has not."""
    columns = rows.column_names()
    for name in _names(template):
        if name not in columns:
            has = ", ".join(columns)
            raise BadInput(f"`${{{name}}}` names no column; the rows have {has}", hint=did_you_mean(name, columns))


def _names(template: Any) -> Iterator[str]:
    match template:
        case dict():
            for value in template.values():
                yield from _names(value)
        case list():
            for value in template:
                yield from _names(value)
        case str():
            yield from _NAME.findall(template)
