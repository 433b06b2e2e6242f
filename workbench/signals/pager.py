"""Decides when evidence is worth a page: rarely in a chatty series, once a shift, and again only when it gets worse."""

from __future__ import annotations

import math

ESCALATION = 1.5
"""Within the quiet time only evidence half as strong again raises another alarm."""


class Pager:
    """Alarm policy of one series; evidence is any number that grows with how strange the sample is.

    The evidence that an alarm needs grows with the logarithm of the series' own recent alarms: a Bonferroni correction
    on the log scale. After an alarm half a day is quiet.
    """

    def __init__(self, threshold: float, samples_per_day: float) -> None:
        self._threshold = threshold
        self._quiet = round(max(30.0, samples_per_day / 2))
        self._forget = 1.0 - 1.0 / max(10_000.0, 90.0 * samples_per_day)
        self._alarms = 0.0
        self._last: int | None = None
        self._level = 0.0

    def tick(self) -> None:
        """Let one sample pass."""
        self._alarms *= self._forget

    def needed(self, time: int) -> float:
        """Return the evidence that an alarm at this sample number needs."""
        need = self._threshold * (1.0 + math.log10(1.0 + self._alarms))
        return max(need, ESCALATION * self._level) if self._is_quiet(time) else need

    def offer(self, evidence: float, time: int) -> bool:
        """Tell whether this evidence raises an alarm, and remember it."""
        quiet = self._is_quiet(time)
        if evidence < self.needed(time) or (quiet and evidence <= ESCALATION * self._level):
            return False
        self._last, self._level = time, evidence
        if not quiet:
            self._alarms += 1.0
        return True

    def _is_quiet(self, time: int) -> bool:
        return self._last is not None and time - self._last < self._quiet
