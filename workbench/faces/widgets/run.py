"""The monitor of a run: follows it while it goes on, and ends with it."""

from __future__ import annotations

import threading
from typing import Any

from workbench.errors import CausewayError
from workbench.faces.widgets.part import PartWidget
from workbench.notebook.run import RunInHand

EVERY_S = 1.0


class RunMonitor(PartWidget):
    """State, rates and errors of a run by node, drawn anew every second until it ends."""

    part: RunInHand

    def __init__(self, part: RunInHand, **given: Any) -> None:
        self._over = threading.Event()
        super().__init__(part, **given)
        # A notebook's main thread is busy with cells; a run has to be seen meanwhile.
        self._follower = threading.Thread(target=self._follow, name=f"monitor {part.run_id}", daemon=True)
        if part.is_going_on:
            self._follower.start()

    def close(self) -> None:
        """Stop following and take the widget away."""
        self._over.set()
        super().close()

    def _follow(self) -> None:
        while self.part.is_going_on and not self._over.wait(EVERY_S):
            try:
                self.part.refresh()
            except CausewayError as error:
                self.error = str(error)
                return
            self.redraw()
