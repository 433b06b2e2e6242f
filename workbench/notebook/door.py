"""The verbs of a notebook, beside `call`: incidents, flows and runs as objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.notebook.flow import FlowInHand
    from workbench.notebook.incident import IncidentInHand, IncidentsInHand
    from workbench.notebook.run import RunInHand, RunsInHand


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
        """Return a flow of the workspace or a sample by its name; raises `NotFound`."""
        from workbench.notebook.flow import FlowInHand

        return FlowInHand(self, name)

    def run(self, run_id: str) -> RunInHand:
        """Return one run of a flow; raises `NotFound`."""
        from workbench.notebook.run import RunInHand

        return RunInHand(self, run_id)

    def runs(self, **filters: Any) -> RunsInHand:
        """Return runs of flows, the latest first; `filters` are those of `causeway runs`, such as `flow="shop"`."""
        from workbench.notebook.run import RunsInHand

        return RunsInHand(self, **filters)
