"""The runs of a flow that the workspace cannot show: it was run from a file elsewhere, or was removed since."""

from __future__ import annotations

from typing import Any

from markupsafe import escape

from workbench.faces.panel.flow_runs import FlowRuns
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import html, stack
from workbench.faces.panel.router import Router
from workbench.flow.graph import Flow

_HEAD = """<div class="trail"><a href="?page=flows" data-go>Flows</a><span aria-hidden="true">/</span>
<h1>{name}</h1></div>
<p class="muted">The workspace has no document to show ({reason}): the flow was run from a file elsewhere, or was
removed since. What it did is kept. <code>causeway flow import-file FILE</code> brings a file in, to be edited
here.</p>"""


class FlowElsewhere:
    """Shows runs and nothing else, since there is no document."""

    watches = ("runs",)

    def __init__(self, wb: Caller, router: Router, reason: str) -> None:
        self.title = router.get("flow")
        self._runs = FlowRuns(wb, router, self.title, Flow(name=self.title))
        self._head = html(_HEAD.format(name=escape(self.title), reason=escape(reason)))
        self.view = stack(self._head, self._runs.view)

    @property
    def lively(self) -> bool:
        """True while the run that is shown goes on."""
        return self._runs.lively

    def on_query(self) -> None:
        """Show the run that the address names now."""
        self._runs.on_query()

    async def refresh(self) -> None:
        """Show the runs as they are now."""
        await self._runs.refresh()

    async def act(self, act: str, of: str, value: Any) -> None:
        """Hand what was pressed to the runs."""
        await self._runs.act(act, of, value)

    def first_paint(self) -> str:
        """Return the head as plain HTML."""
        return str(self._head.object)
