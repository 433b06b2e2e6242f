"""Rows that failed in a flow: what was in them, why they failed, and sending them through again, mended or not."""

from __future__ import annotations

from typing import Any

import panel_material_ui as pmui

from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import card, html, render, show, stack
from workbench.faces.panel.router import Router
from workbench.faces.panel.telling import tell
from workbench.flow.graph import Flow

_MOST = 100


class FlowLetters:
    """Lists failed rows; one that is chosen can be changed before it is tried again."""

    def __init__(self, wb: Caller, router: Router, name: str, flow: Flow) -> None:
        self._wb, self._name, self._title = wb, name, flow.name
        self._chosen: Any = None
        self._text, self._asked = html(""), html("")
        self._row = pmui.TextAreaInput(
            label="The row, as a JSON object", rows=6, sizing_mode="stretch_width", margin=(6, 0)
        )
        every = Job(
            wb, "Try all waiting rows again", "retry_rows", lambda: {"target": self._title, "flow": self._name},
            self._done, size="small", variant="outlined", icon="replay",
        )  # fmt: skip
        one = Job(wb, "Send this row", "retry_rows", self._arguments, self._done, size="small", variant="contained")
        self._all = stack(every.button, every.status)
        self._editor = card("", self._asked, self._row, one.button, one.status)
        show(self._editor, False)
        self.view = stack(self._all, self._editor, self._text)
        self._show()

    async def refresh(self) -> None:
        """Show the rows as they are now."""
        self._show()

    def act(self, act: str, of: str, _: Any) -> None:
        """Open a row."""
        if act == "open":
            self._chosen = next((one for one in self._found if one.letter_id == of), None)
            show(self._editor, self._chosen is not None)
            if self._chosen:
                self._asked.object = render("flow_letter.html.j2", one=self._chosen)
                self._row.value = self._chosen.row_json

    def _arguments(self) -> dict[str, Any] | None:
        one = self._chosen
        if one is None:
            return None
        row = self._row.value_input or self._row.value
        given = {"row": row} if row != one.row_json else {}
        return {"target": one.run_id, "letter": [one.letter_id], "flow": self._name, **given}

    def _done(self, found: Any) -> None:
        tell(found.text().splitlines()[0])
        show(self._editor, False)
        self._show()

    def _show(self) -> None:
        self._found = list(self._wb.call("dead_letters", target=self._title, limit=_MOST))
        show(self._all, any(one.state == "waiting" for one in self._found))
        self._text.object = render("flow_letters.html.j2", letters=self._found, most=_MOST)
