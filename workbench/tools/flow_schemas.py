"""The columns of a flow, known before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen
from workbench.flow.columns import ColumnSchema, NodeSchema
from workbench.flow.library import locate
from workbench.guard.tool import tool
from workbench.tools.flows import settings_of
from workbench.tools.texts import columns

if TYPE_CHECKING:
    from workbench.core import Workbench


class FlowSchemas(Frozen):
    """Names and types of the columns at the ports of every node."""

    flow: str
    nodes: dict[str, NodeSchema]

    def text(self) -> str:
        """Return one line for each column that a node puts out."""
        rows = []
        for name, node in self.nodes.items():
            if node.output is None:
                rows.append((name, "-", "(writes only)" if any(node.inputs.values()) else "(not known)"))
            rows += [(name, column.name, _type(column, node.assumed)) for column in node.output or ()]
        return columns(("NODE", "COLUMN", "TYPE"), rows)


@tool(risk="read", command="flow schemas", positional=("flow",))
def flow_schemas(
    wb: Workbench,
    flow: str,
    set_: list[str] = [],  # noqa: B006 - never changed
    document: str | None = None,
) -> FlowSchemas:
    """Tell which columns of which types go into and come out of every node, without running the flow.

    Behind a node that has a fault they are what they most likely will be, which is said.

    Args:
        flow: Path of a flow, or the name of one in the workspace or among the samples.
        set_: Another value for a setting, as node.field=value; may be given several times.
        document: The flow as JSON, in place of what is saved; for editors.
    """
    found = locate(flow, wb.path, document)
    changed = found.flow.with_settings(settings_of(set_))
    return FlowSchemas(flow=changed.name, nodes=wb.supervisor.schemas(changed, folder=found.folder))


def _type(column: ColumnSchema, assumed: bool) -> str:
    return column.type + " or none" * column.nullable + " (assumed)" * assumed
