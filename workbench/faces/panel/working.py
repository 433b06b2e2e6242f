"""What runs in the workspace, in whichever tab or program it was begun, with a way to cancel it."""

from __future__ import annotations

from typing import Any

from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import html, render

_LONG_S = 2.0


class Working:
    """Lists calls that take long at the foot of the sidebar."""

    def __init__(self, wb: Caller) -> None:
        self._wb = wb
        self.view = html("")
        self.look()

    def look(self) -> None:
        """Show what runs now."""
        found = [one for one in self._wb.call("calls") if one.seconds >= _LONG_S]
        text = render("working.html.j2", calls=found) if found else ""
        if text != self.view.object:
            self.view.object = text

    def cancel(self, call_id: str) -> Any:
        """Have a call end; returns what was said."""
        said = self._wb.call("call_cancel", call_id=call_id)
        self.look()
        return said
