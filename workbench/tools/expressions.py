"""Help for writing expressions: what a field of a node can use, and what is wrong with a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import NotFound
from workbench.flow.columns import ColumnSchema, NodeSchema
from workbench.flow.expression.assist import ExpressionHelp, offered
from workbench.flow.library import locate
from workbench.guard.tool import tool

if TYPE_CHECKING:
    from workbench.core import Workbench


@tool(risk="read", command="expression-help", positional=("flow", "node"))
def expression_help(
    wb: Workbench,
    flow: str | None = None,
    node: str | None = None,
    field: str = "",
    expression: str = "",
    columns: list[str] = [],  # noqa: B006 - never changed
    document: str | None = None,
) -> ExpressionHelp:
    """Tell what can be written in an expression of a node, and check one that is given.

    Args:
        flow: Path of a flow, or its name; without one there are no columns.
        node: Id of the node whose input columns can be used.
        field: Setting of the node that holds the expression; it tells which input is meant when there are several.
        expression: Text to check over these columns.
        columns: Columns that can be used, such as "ms number or none", in place of those of a node.
        document: The flow as JSON, in place of what is saved; for editors.
    """
    known = [ColumnSchema.parse(one) for one in columns]
    if not columns and flow is not None and node is not None:
        found = locate(flow, wb.path, document)
        schemas = wb.supervisor.schemas(found.flow, folder=found.folder)
        if node not in schemas:
            raise NotFound("node", node)
        known += _columns(schemas[node], field)
    return offered(known, expression, node=node or "", field=field)


def _columns(schema: NodeSchema, field: str) -> list[ColumnSchema]:
    port = field.split(".")[0].split("_")[0]
    chosen = [schema.inputs[port]] if port in schema.inputs else list(schema.inputs.values())
    found: dict[str, ColumnSchema] = {}
    for wires in chosen:
        for wire in wires:
            for column in wire:
                found.setdefault(column.name, column)
    return list(found.values())
