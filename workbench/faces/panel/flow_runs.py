"""The runs of a flow, and one of them in full: what each node does, why it ended, its errors and its log; stopping."""

from __future__ import annotations

import asyncio
from typing import Any

from workbench.errors import CausewayError
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import html, render, stack
from workbench.faces.panel.router import Router
from workbench.faces.panel.telling import tell
from workbench.facts.run import RUN_MOVES
from workbench.flow.graph import Flow

_MOST_RUNS = 50
_LINES = 200


class FlowRuns:
    """Lists the latest runs beside the one that the address names, else the latest."""

    def __init__(self, wb: Caller, router: Router, name: str, flow: Flow) -> None:
        self._wb, self._router, self._name, self._title = wb, router, name, flow.name
        self._list, self._one = html(""), html("")
        self._active = False
        self.view = stack(self._one, self._list)
        self._show(self._ask())

    @property
    def lively(self) -> bool:
        """True while the run that is shown goes on."""
        return self._active

    def on_query(self) -> None:
        """Show the run that the address names now."""
        self._show(self._ask())

    async def refresh(self) -> None:
        """Show the runs as they are now."""
        self._show(await asyncio.to_thread(self._ask))

    async def act(self, act: str, of: str, _: Any) -> None:
        """Stop a run."""
        if act in ("stop", "kill"):
            done = await asyncio.to_thread(self._wb.call, "flow_stop", run_id=of, now=act == "kill")
            tell(f"{of} is {done.status.value}")
            await self.refresh()

    def _ask(self) -> dict[str, Any]:
        runs = self._wb.call("runs", flow=self._title, limit=_MOST_RUNS).runs
        wanted = self._router.get("run") or (runs[0].run_id if runs else "")
        found: dict[str, Any] = {"runs": runs, "run": None, "errors": [], "metrics": None, "log": [], "said": ""}
        if not wanted:
            return found
        try:
            details = self._wb.call("runs", run_id=wanted)
        except CausewayError as error:
            return found | {"said": str(error)}
        found |= {"run": details.runs[0], "errors": details.errors}
        for name, verb, given in (("metrics", "flow_metrics", {}), ("log", "run_log", {"lines": _LINES})):
            try:
                got = self._wb.call(verb, run_id=wanted, **given)
            except CausewayError:
                # A run of another process keeps neither; all else is still worth showing.
                continue
            found[name] = got.now if name == "metrics" else got.lines
        return found

    def _show(self, found: dict[str, Any]) -> None:
        run = found["run"]
        self._active = bool(run and RUN_MOVES[run.status])
        self._one.object = render("flow_run.html.j2", active=self._active, name=self._name, **found)
        self._list.object = render(
            "flow_runs.html.j2", runs=found["runs"], name=self._name, current=run.run_id if run else ""
        )
