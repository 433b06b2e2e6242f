"""Tracks the level and the scale of a series so that an outage hardly moves them, and tells how far a value is off."""

from __future__ import annotations

CLIP = 3.0
"""Scales at which a residual is cut before it updates the level."""
SETTLED = 30
"""Samples after which residuals are clipped."""


class ClippedLevel:
    """Exponential level and mean absolute residual of rate at least 1 / (number of samples seen)."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self.level: float | None = None
        self.scale = 0.0

    def push(self, value: float, time: int) -> float:
        """Return |value - level| / scale from before this value, 0 while the scale is not known; then learn from it."""
        if self.level is None:
            self.level = value
            return 0.0
        residual = value - self.level
        size, strangeness = abs(residual), 0.0
        if self.scale > 0:
            strangeness = size / self.scale
            if time >= SETTLED and size > CLIP * self.scale:
                size = CLIP * self.scale
                residual = size if residual > 0 else -size
        rate, seen = self._rate, 1.0 / (time + 1)
        rate = seen if seen > rate else rate
        self.level += rate * residual
        self.scale += rate * (size - self.scale)
        least = 1e-9 * (abs(self.level) + 1e-9)
        if self.scale < least:
            self.scale = least
        return strangeness
