"""The list of flows: how each stands, how to begin one, and what can be done with it."""

from __future__ import annotations

import asyncio
from typing import Any

import panel_material_ui as pmui

from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import card, html, render, stack, wrapping
from workbench.faces.panel.router import Router
from workbench.faces.panel.telling import tell, tell_error
from workbench.flow.graph import SUFFIX


class FlowsView:
    """Shows `flow_status` and the templates; makes, brings in, copies and removes flows."""

    watches = ("flows", "runs")

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._table = html("")
        self._removed: tuple[str, int] | None = None
        self._name = pmui.TextInput(
            label="Name of a new flow", size="small", width=240, margin=(0, 8, 0, 0), max_length=100
        )
        self._file = pmui.FileInput(
            label="Bring in a file", accept=".json", variant="outlined", size="small", margin=(0, 0, 0, 0)
        )
        self._file.param.watch(self._bring, "value")
        create = pmui.Button(
            label="New flow", variant="contained", color="primary", icon="add", margin=(0, 24, 0, 0),
            on_click=lambda _: self._create(None),
        )  # fmt: skip
        bar = wrapping(
            self._name, create, self._file,
            align_items="center", sizing_mode="stretch_width", margin=(0, 0, 4, 0),
        )  # fmt: skip
        self._templates = html(render("flow_templates.html.j2", templates=list(wb.call("flow_templates"))))
        self.view = stack(html("<h1>Flows</h1>"), card("", bar, self._table), self._templates)
        self._shown: list[Any] | None = None
        self._show(list(wb.call("flow_status")))

    async def refresh(self) -> None:
        """Show the flows as they are now."""
        self._show(list(await asyncio.to_thread(self._wb.call, "flow_status")))

    async def act(self, act: str, of: str, _: Any) -> None:
        """Do what a button of the table says."""
        if act == "run":
            done = await asyncio.to_thread(self._wb.call, "flow_run", flow=of, wait=False)
            self._router.go(flow=of, tab="runs", run=done.run.run_id)
            return
        if act == "use":
            self._create(of)
            return
        if act == "copy":
            made = self._wb.call("flow_new", flow=self._free(f"{of} copy"), like=of)
            tell(f"{made.flow} is a copy of {of}")
        elif act == "remove":
            removed = self._wb.call("flow_remove", flow=of)
            self._removed = (of, removed.version.version)
        elif act == "back":
            name, _, version = of.rpartition(":")
            self._wb.call("flow_restore", flow=name, version=int(version))
            self._removed = None
        await self.refresh()

    def _create(self, like: str | None) -> None:
        name = self._name.value_input.strip() or (self._free(like) if like else "")
        if not name:
            tell_error("Give the new flow a name first")
            return
        made = self._wb.call("flow_new", flow=name, like=like)
        self._router.go(flow=made.flow)

    def _free(self, name: str) -> str:
        """Return a name that no flow has yet."""
        taken = {one.name for one in self._shown or []}
        return next(
            one for one in (name, *(f"{name} {number}" for number in range(2, 1000))) if one not in taken
        )  # fmt: skip

    def _bring(self, event: Any) -> None:
        if not event.new:
            return
        from workbench.errors import CausewayError

        name = self._free(str(self._file.filename).removesuffix(SUFFIX).removesuffix(".json"))
        try:
            self._wb.call("flow_write", flow=name, document=bytes(event.new).decode("utf-8", "replace"))
        except CausewayError as error:
            tell_error(str(error))
            return
        self._router.go(flow=name)

    def _show(self, found: list[Any]) -> None:
        self._shown = found
        self._table.object = render("flows.html.j2", flows=found, removed=self._removed)
