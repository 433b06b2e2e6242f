"""The verbs of a notebook, beside `call`: incidents, flows and runs as objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.notebook.flow import FlowInHand
    from workbench.notebook.incident import IncidentInHand, IncidentsInHand
    from workbench.notebook.run import RunInHand, RunsInHand
    from workbench.notebook.table import Table


class Door:
    """What a workbench offers a notebook; everything goes through `call`."""

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Call a tool."""
        raise NotImplementedError

    def incident(self, incident_id: str) -> IncidentInHand:
        """Return one incident; raises `NotFound`."""
        from workbench.notebook.incident import IncidentInHand

        return IncidentInHand(self, incident_id)

    def incidents(self, **filters: Any) -> IncidentsInHand:
        """Return incidents, the latest first; `filters` are those of `causeway incidents`, such as `state="open"`."""
        from workbench.notebook.incident import IncidentsInHand

        return IncidentsInHand(self, **filters)

    def flow(self, name: str) -> FlowInHand:
        """Return a flow of the workspace or a sample by its name, or that of a file by its path; raises `NotFound`."""
        from workbench.notebook.flow import FlowInHand

        return FlowInHand(self, name)

    def new_flow(self, document: Mapping[str, Any]) -> FlowInHand:
        """Put a flow into the workspace and return it; `document` is what a `*.flow.json` file holds.

        Raises:
            BadInput: it is no flow.
            Outdated: the workspace has another flow of this name.
        """
        from workbench.notebook.flow import FlowInHand

        self.call("flow_write", flow=str(document.get("name", "")), document=json.dumps(dict(document)))
        return FlowInHand(self, str(document["name"]))

    def sql(self, statement: str, limit: int = 10_000) -> Table:
        """Return the rows of one reading statement in DuckDB's SQL; it can change nothing."""
        from workbench.notebook.table import Table

        return Table(self.call("sql", statement=statement, limit=limit))

    def run(self, run_id: str) -> RunInHand:
        """Return one run of a flow; raises `NotFound`."""
        from workbench.notebook.run import RunInHand

        return RunInHand(self, run_id)

    def runs(self, **filters: Any) -> RunsInHand:
        """Return runs of flows, the latest first; `filters` are those of `causeway runs`, such as `flow="shop"`."""
        from workbench.notebook.run import RunsInHand

        return RunsInHand(self, **filters)
