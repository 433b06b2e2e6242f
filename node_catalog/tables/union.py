"""The node `tables.union`."""

from __future__ import annotations

from typing import Any, ClassVar

import pathway as pw

from workbench.errors import BadInput
from workbench.flow.example import Example, example, grid
from workbench.flow.expression.kinds import common
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import TYPES, column_type


class Union(Node):
    """Put the rows of several inputs into one table that has the columns of all; what an input lacks is missing.

    Whole numbers become numbers where another input has numbers. `tables.concat` wants the same columns everywhere.
    """

    distinct: bool = False
    """Keep one of several equal rows."""

    example: ClassVar[Example | None] = example(
        {},
        grid("service ms host", ("cart", 5, None), ("pay", None, "a1")),
        grid("service ms", ("cart", 5)),
        grid("service host", ("pay", "a1")),
    )

    @property
    def grows(self) -> str:
        return "It remembers every row that it has seen." if self.distinct else ""

    def build(self, *rows: Rows) -> Rows:
        names = list(dict.fromkeys(name for one in rows for name in one.column_names()))
        whole = {name: _common(name, rows) for name in names}
        aligned = [one.select(**{name: _as(one, name, dtype) for name, dtype in whole.items()}) for one in rows]
        table = pw.Table.concat_reindex(*aligned) if len(aligned) > 1 else aligned[0]
        if not self.distinct:
            return table
        return table.groupby(*(table[name] for name in names)).reduce(*(table[name] for name in names))


def _common(name: str, rows: tuple[Rows, ...]) -> Any:
    found = [column_type(one, name) for one in rows if name in one.column_names()]
    kind = common([one.type for one in found])
    if kind is None:
        kinds = ", ".join(one.type for one in found)
        raise BadInput(f"column {name!r} has different types: {kinds}", hint="Put tables.cast before this node")
    lacking = len(found) < len(rows)
    nullable = lacking or any(one.nullable for one in found)
    if kind in TYPES:
        return TYPES[kind] | None if nullable else TYPES[kind]
    dtype = next(one for one in rows if name in one.column_names()).schema.columns()[name].dtype
    return dtype.typehint | None if nullable else dtype.typehint


def _as(rows: Rows, name: str, dtype: Any) -> Any:
    if name not in rows.column_names():
        return pw.declare_type(dtype, None)
    if column_type(rows, name).type == "integer" and dtype in (float, float | None):
        return pw.cast(dtype, rows[name])
    return pw.declare_type(dtype, rows[name])
