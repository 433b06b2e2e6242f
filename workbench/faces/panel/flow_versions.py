"""The versions of a flow: save one with a message, restore one, and what differs between two, node by node."""

from __future__ import annotations

from typing import Any

import panel_material_ui as pmui

from workbench.errors import NotFound
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import html, render, stack, wrapping
from workbench.faces.panel.router import Router
from workbench.faces.panel.telling import tell, tell_error
from workbench.flow.graph import Flow


class FlowVersionsTab:
    """Lists versions, and shows the difference that the address names (`before`, `after`)."""

    def __init__(self, wb: Caller, router: Router, name: str, flow: Flow) -> None:
        self._wb, self._router, self._name = wb, router, name
        self._message = pmui.TextInput(
            label="What was changed, and why", size="small", width=380, margin=(0, 8, 8, 0),
        )  # fmt: skip
        save = pmui.Button(
            label="Save version", size="small", variant="contained", margin=(4, 8, 8, 0), on_click=self._save
        )
        self._text = html("")
        self.view = stack(wrapping(self._message, save, align_items="center"), self._text)
        self._show()

    def on_query(self) -> None:
        """Show the difference that the address names now."""
        self._show()

    async def refresh(self) -> None:
        """Show the versions as they are now."""
        self._show()

    def act(self, act: str, of: str, _: Any) -> None:
        """Restore a version."""
        if act == "restore":
            done = self._wb.call("flow_restore", flow=self._name, version=int(of))
            tell(f"Version {of} is back as version {done.version.version}")
            self._show()

    def _save(self, _: Any) -> None:
        from workbench.errors import CausewayError

        try:
            done = self._wb.call("flow_save", flow=self._name, message=self._message.value_input or "")
        except CausewayError as error:
            tell_error(str(error))
            return
        tell(
            f"Version {done.version.version} is saved" if done.is_new else "Nothing has changed since the last version"
        )
        self._message.value = ""
        self._show()

    def _show(self) -> None:
        try:
            versions = list(self._wb.call("flow_versions", flow=self._name))
        except NotFound:
            versions = []
        before, after = self._router.get("before", "latest"), self._router.get("after", "draft")
        known = {str(one.version) for one in versions} | {"latest", "draft"}
        both = versions and {before, after} <= known
        diff = self._wb.call("flow_diff", flow=self._name, before=before, after=after) if both else None
        self._text.object = render(
            "flow_versions.html.j2", versions=versions, diff=diff, name=self._name,
            lines=[(_word(change.what), change.text()) for change in diff.changes] if diff else [],
        )  # fmt: skip


def _word(what: str) -> str:
    return {"added": "plus", "removed": "minus", "moved": "", "reordered": ""}.get(str(what), "other")
