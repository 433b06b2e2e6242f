"""How the flows of the workspace stand: what ran, what runs, what went wrong; and the templates to begin with."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import CausewayError
from workbench.facts.evidence import Frozen
from workbench.facts.run import Run
from workbench.flow.graph import SUFFIX, Flow
from workbench.flow.library import SAMPLES, available
from workbench.guard.tool import tool
from workbench.store import flow_versions as version_store
from workbench.store import runs as run_store
from workbench.tools.texts import Listing, columns, duration, one_line

if TYPE_CHECKING:
    from workbench.core import Workbench


class FlowStatus(Frozen):
    """One flow and how it stands."""

    name: str
    """By which tools find it: the name of its file."""
    title: str
    """The name inside of the document; runs carry it."""
    description: str = ""
    nodes: int = 0
    fault: str = ""
    """Why its file is no flow; '' when it is one."""
    template: bool = False
    """It is one that is shipped, and ran as it is."""
    version: int = 0
    """The newest saved version; 0 for none."""
    last: Run | None = None
    """Its latest run."""
    active: list[str] = []
    """Ids of runs that have not ended."""
    runs: int = 0
    failed: int = 0
    seconds: float = 0.0
    """Run time of all runs together."""


class FlowStatuses(Listing[FlowStatus]):
    """Flows, by name."""

    def text(self) -> str:
        """Return one line for each."""
        head = ("FLOW", "NODES", "VERSION", "LAST RUN", "RUNS", "FAILED", "RUN TIME", "WHAT IT DOES")
        rows = [
            (one.name, one.nodes, one.version or "-", one.last.status if one.last else "never", one.runs, one.failed,
             duration(one.seconds), one_line(one.fault or one.description, 60))
            for one in self.root
        ]  # fmt: skip
        return columns(head, rows, right=(1, 2, 4, 5, 6)) if rows else "No flows yet. `causeway flow templates` helps."


class FlowTemplate(Frozen):
    """A flow that is shipped, to begin with."""

    name: str
    description: str
    kinds: list[str]
    """Its node types, in the order of the document."""


class FlowTemplates(Listing[FlowTemplate]):
    """Templates, by name."""

    def text(self) -> str:
        """Return one line for each."""
        return columns(("TEMPLATE", "WHAT IT DOES"), [(one.name, one_line(one.description, 110)) for one in self.root])


@tool(risk="read", command="flow status")
def flow_status(wb: Workbench) -> FlowStatuses:
    """Tell how each flow of the workspace stands: last run, runs under way, failures, run time, newest version."""
    times = {one["flow_name"]: one for one in run_store.times(wb.store, time.time_ns())}
    active: dict[str, list[str]] = {}
    for run in run_store.unfinished(wb.store):
        active.setdefault(run.flow_name, []).append(run.run_id)
    found = []
    for name, path in available(wb.path).items():
        flow, fault = _read(path)
        title = flow.name if flow else name
        # A sample that never ran is a template, not yet a flow of this workspace.
        if path.parent == SAMPLES and title not in times:
            continue
        known = times.get(title, {})
        version = version_store.latest(wb.store, name)
        found.append(
            FlowStatus(
                name=name,
                title=title,
                description=flow.description if flow else "",
                nodes=len(flow.nodes) if flow else 0,
                fault=fault,
                template=path.parent == SAMPLES,
                version=version.version if version else 0,
                last=next(iter(run_store.latest(wb.store, 1, flow_name=title)), None),
                active=active.get(title, []),
                runs=known.get("runs", 0),
                failed=known.get("failed", 0),
                seconds=known.get("seconds", 0.0),
            )
        )
    return FlowStatuses(found)


@tool(risk="read", command="flow templates")
def flow_templates(wb: Workbench) -> FlowTemplates:
    """List the flows that are shipped, to begin with one of them."""
    paths = sorted(SAMPLES.glob("*" + SUFFIX))
    flows = [(path.name.removesuffix(SUFFIX), Flow.load(path)) for path in paths]
    return FlowTemplates(
        [
            FlowTemplate(name=name, description=flow.description, kinds=[node.kind for node in flow.nodes])
            for name, flow in flows
        ]
    )


def _read(path: Path) -> tuple[Flow | None, str]:
    try:
        return Flow.load(path), ""
    except CausewayError as error:
        return None, str(error)
