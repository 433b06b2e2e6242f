"""The node editor of a flow as a tab: it keeps the draft itself; this runs and stops the flow, and names the run."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import panel as pn

from workbench.errors import CausewayError
from workbench.faces.panel.editor import FlowEditor
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.router import Router
from workbench.faces.panel.telling import tell, tell_error
from workbench.flow.graph import Flow


class FlowEditorTab:
    """Shows the draft of a flow on the canvas, with its latest run laid over it."""

    fills = True

    def __init__(self, wb: Caller, router: Router, name: str, flow: Flow) -> None:
        self._wb, self._router, self._name, self._title = wb, router, name, flow.name
        document = json.loads(wb.call("flow_show", flow=name))
        # As high as what it stands in, by a style: `stretch_both` would have Panel warn of everything around it.
        high = ":host, .flow-editor { height: 100%; }"
        self.editor = FlowEditor(wb, self._command, flow=document, sizing_mode="stretch_width", stylesheets=[high])
        self.view = self.editor
        self.repaint()
        self._lay_over(self._latest())

    async def refresh(self) -> None:
        """Name the run that is the latest now; the canvas asks for its figures itself."""
        self._lay_over(await asyncio.to_thread(self._latest))

    def repaint(self) -> None:
        """Follow the theme."""
        self.editor.theme = "dark" if self._router.dark else "light"

    def _command(self, command: str, given: dict[str, Any]) -> None:
        if command == "export-container":
            self._router.go(flow=self._name, tab="export")
        elif command in ("run", "stop"):

            async def do() -> None:
                await self.do(command, given)

            pn.state.execute(do)

    async def do(self, command: str, given: dict[str, Any]) -> None:
        """Run the flow (`tap`: nodes to look into; `up_to`, `from_`: only a part), or stop a run (`run_id`, `now`)."""
        tool, more = ("flow_run", {"flow": self._name, "wait": False}) if command == "run" else ("flow_stop", {})
        try:
            done = await asyncio.to_thread(self._wb.call, tool, **more, **given)
        except CausewayError as error:
            tell_error(str(error))
            return
        run = done.run if command == "run" else done
        tell(f"{run.run_id} is {run.status.value}")
        await self.refresh()

    def _latest(self) -> dict[str, Any]:
        runs = self._wb.call("runs", flow=self._title, limit=1).runs
        if not runs:
            return {}
        run = runs[0]
        shown = {"id": run.run_id, "state": run.status.value, "reason": run.exit_reason, "part": run.part}
        return {"run": shown}

    def _lay_over(self, shown: dict[str, Any]) -> None:
        if self.editor.overlay != shown:
            self.editor.overlay = shown
