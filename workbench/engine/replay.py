"""Tells what fails anew because a run goes on from what new rows do.

The engine keeps input and not results: a run that goes on computes all that was kept again, in one first minibatch,
and tells its errors once more; nothing in them says that they are old. Therefore sources hand over nothing new until
that minibatch has come out everywhere, and what fails before is old.
"""

from __future__ import annotations

import threading
from typing import Any

from workbench.flow.through import KEPT

_STEPS = 3
_LONGEST_S = 60.0
"""New rows wait so long at most: errors that are counted twice are better than a flow that stands still."""


class Replay:
    """What is computed again at the beginning of a run; nothing, unless `begin` is called."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._over.set()
        self._reached = KEPT
        self._steps = 0

    def begin(self, *, something_kept: bool) -> None:
        """Hold new rows back from now on, if something was kept; `look` has to be given the engine's figures then."""
        if something_kept:
            self._over.clear()

    def wait(self) -> None:
        """Wait until new rows may come; for sources."""
        if not self._over.wait(_LONGEST_S):
            self._over.set()

    @property
    def goes_on(self) -> bool:
        """Whether what fails now was read by an earlier run."""
        return not self._over.is_set()

    def look(self, figures: Any) -> None:
        """See in the engine's figures how far the outputs are; they have no time before they are through with one."""
        time = figures.output_stats.time
        if time is not None and time > self._reached:
            self._reached, self._steps = time, self._steps + 1
        # Outputs do not move at once, and the figures are those of the fastest: so more than one step of it is waited
        # for, about a fifth of a second each.
        if self._steps >= _STEPS:
            self._over.set()
