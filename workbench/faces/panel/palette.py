"""The command palette: everything that one can go to or do, found by a few letters (Ctrl+K)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import panel as pn
import param

from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.pages import PAGES, find
from workbench.faces.panel.router import link

_MOST = 300
Entry = dict[str, str]


class Palette(pn.custom.JSComponent):  # type: ignore[misc]
    """An invisible component that opens a dialog."""

    entries = param.List(default=[], doc="What can be chosen: kind, title, and href or act with of.")
    asked = param.Integer(default=0, doc="Counted up to open it.")

    _esm = Path(__file__).with_name("palette.js")

    def __init__(self, wb: Caller, **given: Any) -> None:
        self._wb = wb
        super().__init__(width=0, height=0, margin=0, **given)

    def _handle_msg(self, message: dict[str, Any]) -> None:
        if message.get("opened"):
            self.entries = entries_of(self._wb)


def entries_of(wb: Caller) -> list[Entry]:
    """Return pages, actions, flows, services and incidents of the workspace as it is now."""
    seen = wb.call("overview", limit=1)
    found = [_to("page", page.title, **({"page": page.name} if page.name else {})) for page in PAGES if page.icon]
    found += [
        _to("action", "Make a new flow", page="flows"),
        _to("action", "Find the root cause in files"),
        _to("action", "Read the weekly report", page="reports", show="weekly"),
        {"kind": "action", "title": "Dark or light theme", "act": "app:theme"},
        {"kind": "action", "title": "Run the demo", "act": "app:demo"},
    ]
    for flow in wb.call("flow_status"):
        found.append(_to("flow", flow.name, flow=flow.name))
        if not flow.fault:
            found.append({"kind": "action", "title": f"Run flow {flow.name}", "act": "app:run", "of": flow.name})
    services = find({"page": "services"}) is not None
    for name in seen.services:
        goal = {"page": "services", "service": name} if services else {"page": "incidents", "service": name}
        found.append(_to("service", name, **goal))
    for one in wb.call("incidents", limit=_MOST):
        found.append(_to("incident", f"{one.incident_id} {one.title}", incident=one.incident_id))
    return found


def _to(kind: str, title: str, **query: str) -> Entry:
    return {"kind": kind, "title": title, "href": link(**query) or "?"}
