"""How good the answers are: the evaluations of this workspace, with intervals, calibration and the worst cases."""

from __future__ import annotations

import asyncio
from typing import Any

from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import html, render, show, stack
from workbench.faces.panel.router import Router

SIDE = 260.0
"""Width and height of a reliability diagram, in the units of its own drawing."""
FIRST = {"seeds": "1", "minutes": 8}
"""The measurement at a press: each fault once, short; enough to see what is measured, not to boast with."""


class MeasuredView:
    """Shows what `eval` measured, the newest first; a workspace without any measures simulated faults at a press."""

    watches = ("evaluations",)

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb = wb
        self._text = html("")
        self._measure = Job(
            wb, "Measure on simulated faults", "evaluate_rca", lambda: dict(FIRST),
            lambda _: self._show(wb.call("evaluations")), variant="contained", color="primary",
        )  # fmt: skip
        self._first = stack(self._measure.button, self._measure.status)
        self.view = stack(self._text, self._first)
        self._show(wb.call("evaluations"))

    async def refresh(self) -> None:
        """Show what was measured elsewhere, such as in a terminal."""
        self._show(await asyncio.to_thread(self._wb.call, "evaluations"))

    def _show(self, evaluations: Any) -> None:
        found = list(evaluations)
        self._text.object = render("measured.html.j2", evaluations=found, side=SIDE)
        show(self._first, not found)
