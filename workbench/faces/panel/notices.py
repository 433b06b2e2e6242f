"""Notices in a corner of the page: a new incident, a run that failed, each with a link that leads there."""

from __future__ import annotations

from typing import Any

from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import html, render
from workbench.faces.panel.router import Router, link
from workbench.report.words import whole

_MOST_SHOWN = 4
_LOOKED_AT = 50


class Notices:
    """Tells what came since the session began; a notice goes when it is followed or put away."""

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._incidents = {one.incident_id for one in wb.call("incidents", limit=_LOOKED_AT)}
        self._failed = {run.run_id for run in self._failures()}
        self._shown: dict[str, tuple[str, str]] = {}
        self.view = html(
            "", styles={"position": "fixed", "right": "20px", "bottom": "20px", "z-index": "1400", "width": "340px"},
            sizing_mode=None,
        )  # fmt: skip
        self._draw()

    def changed(self, subjects: frozenset[str]) -> None:
        """Look for news in what changed."""
        if "incidents" in subjects:
            for one in self._wb.call("incidents", limit=_LOOKED_AT):
                if one.incident_id not in self._incidents:
                    self._incidents.add(one.incident_id)
                    self._shown[link(incident=one.incident_id)] = (
                        "New incident",
                        f"{one.incident_id} {whole(one.title)}",
                    )
        if "runs" in subjects:
            for run in self._failures():
                if run.run_id not in self._failed:
                    self._failed.add(run.run_id)
                    where = link(flow=run.flow_name, tab="runs", run=run.run_id)
                    self._shown[where] = ("Run failed", f"{run.named}: {run.why}")
        self._draw()

    def dismiss(self, where: str) -> None:
        """Put a notice away."""
        self._shown.pop(where, None)
        self._draw()

    def arrived(self) -> None:
        """Put away the notice of what the address shows now."""
        self.dismiss(self._router.query)

    def _failures(self) -> list[Any]:
        return [run for run in self._wb.call("runs", limit=_LOOKED_AT).runs if run.status.value == "failed"]

    def _draw(self) -> None:
        shown = list(self._shown.items())[-_MOST_SHOWN:]
        text = render("notices.html.j2", notices=shown, more=len(self._shown) - len(shown))
        if text != self.view.object:
            self.view.object = text
