"""How good the answers are: the evaluations of this workspace, with intervals, calibration and the worst cases."""

from __future__ import annotations

from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import html, render
from workbench.faces.panel.router import Router

SIDE = 260.0
"""Width and height of a reliability diagram, in the units of its own drawing."""


class MeasuredView:
    """Shows what `eval` measured, the newest first."""

    def __init__(self, wb: Caller, router: Router) -> None:
        found = list(wb.call("evaluations"))
        self.view = html(render("measured.html.j2", evaluations=found, side=SIDE))
