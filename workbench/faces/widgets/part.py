"""A widget that shows one part, tells what was picked in it, and does what its buttons ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.errors import CausewayError, NotFound
from workbench.notebook.shown import Shown, live_css


class PartWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """An incident card, ranked causes, evidence, a timeline, a topology, a waterfall, or a list of them.

    `selected` is what was picked, '' for nothing: watch it with `observe`, or set it to pick something.
    """

    _esm = Path(__file__).with_name("part.js")

    html = traitlets.Unicode("").tag(sync=True)
    """What is shown; made by the part."""
    css = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    """What a screen reader calls it."""
    selected = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    """What went wrong with the last button, in one sentence; '' when nothing did."""
    answered = traitlets.Int(0).tag(sync=True)
    """How many buttons were answered; the page waits for it."""
    theme = traitlets.Enum(("auto", "light", "dark"), "auto").tag(sync=True)
    """`auto` follows the notebook."""

    def __init__(self, part: Shown, **given: Any) -> None:
        self.part = part
        super().__init__(html=part.fragment(live=True), css=live_css(), label=part.title, **given)
        self.on_msg(self._take)

    def redraw(self) -> None:
        """Show the part as it is now."""
        self.html = self.part.fragment(live=True)

    @traitlets.validate("selected")  # type: ignore[untyped-decorator]
    def _known(self, proposal: Any) -> str:
        wanted = str(proposal["value"])
        known = self.part.selectable()
        if wanted and wanted not in known:
            raise NotFound("part", wanted, hint="It has: " + (", ".join(known) or "nothing that can be selected"))
        return wanted

    def _take(self, _: Any, content: Any, __: Any) -> None:
        """Do what a button asks for; what goes wrong is shown beside it, as nobody sees a log from a browser."""
        try:
            self.part.act(str(content.get("action", "")), str(content.get("value", "")))
        except CausewayError as error:
            self.error = str(error)
        else:
            self.error = ""
            self.redraw()
        self.answered += 1

    def _repr_html_(self) -> str:
        return self.part._repr_html_()
