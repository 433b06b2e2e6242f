"""The overview: what is open, what was seen, what ran; and how to begin when there is nothing yet."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import panel_material_ui as pmui

from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import card, html, render, stack, wrapping
from workbench.faces.panel.router import Router


class OverviewView:
    """Shows `overview` and keeps it fresh."""

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._seen = wb.call("overview")
        self._numbers = html("")
        self._tables = html("")
        self._start = html("")
        self._folder = pmui.TextInput(
            label="Folder or file on this machine", placeholder="/var/log/shop", size="small",
            sizing_mode="stretch_width", min_width=200, margin=(4, 8, 4, 0), styles={"flex": "1 1 240px"},
        )  # fmt: skip
        self._at = pmui.TextInput(
            label="Began at (optional)",
            placeholder="2026-01-31T09:35:00Z",
            size="small",
            width=230,
            margin=(4, 8, 4, 0),
        )
        analyze = Job(
            wb, "Analyze", "analyze", self._analyze_arguments, self._analyzed, color="primary", variant="contained"
        )
        demo = Job(
            wb, "Run the demo", "demo", dict, self._analyzed, color="primary",
            variant="outlined" if self._filled else "contained", icon="play_arrow",
        )  # fmt: skip
        self._analyze, self._demo = analyze, demo
        self._actions = card(
            "",
            self._start,
            wrapping(
                self._folder, self._at, analyze.button, demo.button, sizing_mode="stretch_width",
                align_items="center", flex_wrap="wrap", margin=(8, 0, 0, 0),
            ),
            analyze.status,
            demo.status,
        )  # fmt: skip
        order = (
            (self._numbers, self._tables, self._actions)
            if self._filled
            else (self._numbers, self._actions, self._tables)
        )
        self.view = stack(*order)
        self._show()

    @property
    def _filled(self) -> bool:
        return bool(self._seen.incident_count or any(self._seen.rows.values()))

    def first_paint(self) -> str:
        """Return numbers and tables as plain HTML."""
        return f"{self._numbers.object}{self._tables.object}" if self._filled else ""

    async def refresh(self) -> None:
        """Ask again and show what is new."""
        found = await asyncio.to_thread(self._wb.call, "overview")
        if found != self._seen:
            self._seen = found
            self._show()

    async def run_demo(self) -> None:
        """Run the demo, as its button does."""
        await self._demo.press()

    def _show(self) -> None:
        seen = self._seen
        self._numbers.object = render("overview.html.j2", o=seen, total=sum(seen.rows.values()))
        self._tables.object = render("tables.html.j2", o=seen) if self._filled or seen.runs else ""
        self._start.object = render("start.html.j2", empty=not self._filled, workspace=seen.workspace)

    def _analyze_arguments(self) -> dict[str, Any] | None:
        given = self._folder.value.strip()
        if not given:
            self._analyze.fail("Name a folder or a file of this machine first.")
            return None
        at = self._at.value.strip()
        return {"path": [str(Path(given).expanduser())], **({"at": at} if at else {})}

    def _analyzed(self, result: Any) -> None:
        if result.incident_id:
            self._router.go(incident=result.incident_id)
            return
        newest = self._wb.call("reports", limit=1)
        self._router.go(**({"report": newest[0].report_id} if len(newest) else {}))
