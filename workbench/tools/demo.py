"""The demo: a simulated shop breaks, its telemetry streams through a flow, an incident opens and is explained."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cancel import shielded
from workbench.errors import Cancelled, RunFailed
from workbench.facts.incident import Incident
from workbench.facts.run import RUN_MOVES, Run, RunStatus
from workbench.guard.tool import tool
from workbench.tools.batch import iso
from workbench.tools.investigation import Analysis, investigate_scope
from workbench.tools.simulate import TrueFault

if TYPE_CHECKING:
    from workbench.core import Workbench

FLOW = Path(__file__).parents[1] / "resources" / "demo" / "shop-demo.flow.json"
MINUTES = 8.0
_LOOK_S = 0.25
PAGE = 0.75
"""Score from which an anomaly opens an incident; weaker ones are kept and shown."""


class Demo(Analysis):
    """What the demo showed: the analysis, and what had really been broken."""

    injected: list[TrueFault]
    run_id: str
    opened_by: str
    """What opened the incident: the streaming flow, or the investigation that followed."""
    data: str
    """Folder with the telemetry as files."""

    def text(self) -> str:
        """Return the result for a terminal."""
        broke = ", ".join(f"{one.fault_type} at {one.service} from {one.start[11:19]}" for one in self.injected)
        head = [
            f"Broke    {broke}",
            f"Streamed {sum(self.rows.values()):,} rows through the flow {FLOW.name.removesuffix('.flow.json')} "
            f"({self.run_id}); {self.opened_by}",
            "",
        ]
        tail = [f"        causeway analyze {self.data}", "        causeway serve"]
        return "\n".join([*head, super().text(), *tail])


@tool(risk="write")
def demo(wb: Workbench, fault: str = "pool_exhaustion", seed: int = 7) -> Demo:
    """Break a simulated shop, stream what it leaves through a flow, explain the incident, write the report.

    Args:
        fault: What breaks, such as cpu@cart or bad_deploy@payments+300; see `causeway simulate --help`.
        seed: The same seed gives the same shop.
    """
    from workbench.flow.graph import Flow
    from workbench.simulate import parse_fault, simulate, write_files

    begun = time.perf_counter()
    wb.progress(0, 10, f"simulating {MINUTES:g} minutes of a shop with {fault}")
    shop = simulate([parse_fault(fault)], seed, MINUTES)
    folder = _folder(wb, fault, seed)
    write_files(shop, folder, "jsonl")

    rows_in = 0

    def told(event: Any) -> None:
        nonlocal rows_in
        rows_in = sum(event.rows_in.values()) if hasattr(event, "rows_in") else rows_in

    scope = folder.name
    with _taken_back(wb, folder):
        run = wb.supervisor.run(Flow.load(FLOW), wait=False, scope=scope, folder=folder, on_event=told)
        while RUN_MOVES[run.status]:
            wb.progress(2, 10, f"streaming: {rows_in:,} rows through Pathway")
            run = wb.supervisor.wait(run.run_id, _LOOK_S)
        found, opened = _explained(wb, scope, run)
    by_stream = f"it opened {opened[0].incident_id} at {iso(opened[0].opened_unix_nano)[11:19]}" if opened else ""
    return Demo(
        **found.model_dump(exclude={"seconds"}),
        seconds=round(time.perf_counter() - begun, 3),
        injected=[TrueFault.model_validate(one) for one in shop.truth["faults"]],
        run_id=run.run_id,
        opened_by=by_stream or "its log error rates stayed quiet; the investigation looked at all indicators",
        data=str(folder),
    )


def _explained(wb: Workbench, scope: str, run: Run) -> tuple[Analysis, list[Incident]]:
    """Open the incident that the stream shows, and investigate what it left."""
    from workbench.detect.group import open_incidents
    from workbench.store import anomalies

    if run.status is not RunStatus.SUCCEEDED:
        raise RunFailed(run.run_id, run.exit_reason, run.error_node or None)
    pages = [one for one in anomalies.without_incident(wb.store, scope) if one.score >= PAGE]
    opened = open_incidents(wb.store, pages, grouping_s=wb.settings.incident_grouping_s)
    wb.progress(5, 10, f"{opened[0].incident_id} opened" if opened else "stream is in; looking closer")
    return investigate_scope(wb, scope), opened


@contextmanager
def _taken_back(wb: Workbench, folder: Path) -> Iterator[None]:
    """Stop the run and remove what it stored when the demo is cancelled."""
    from workbench.store import runs
    from workbench.store.taking_back import take_back_data_set

    try:
        yield
    except Cancelled:
        with shielded():
            for run in runs.latest(wb.store, 5):
                if run.scope == folder.name and RUN_MOVES[run.status]:
                    wb.supervisor.stop(run.run_id, now=True)
            take_back_data_set(wb.store, folder.name)
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _folder(wb: Workbench, fault: str, seed: int) -> Path:
    name = f"demo-{fault.replace('@', '-').replace('+', '-')}-{seed}-{time.strftime('%H%M%S', time.gmtime())}"
    if wb.path is None:
        return Path(tempfile.mkdtemp(prefix="causeway-")) / name
    return wb.path / "runs" / name
