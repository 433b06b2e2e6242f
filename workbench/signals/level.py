"""Tracks the level and the scale of a series so that an outage hardly moves them, and tells how far a value is off."""

from __future__ import annotations

from collections.abc import Sequence

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

    def follow(self, values: Sequence[float], first: int) -> list[float]:
        """Return (value - level) / scale of each value from before it, 0 while the scale is not known; learn from it.

        `first` is how many values came before these.
        """
        if not values:
            return []
        level, scale, least_rate, out = self.level, self.scale, self._rate, []
        if level is None:
            level = values[0]
        for time, value in enumerate(values, first):
            residual = value - level
            size = abs(residual)
            if scale > 0:
                out.append(residual / scale)
                limit = CLIP * scale
                if size > limit and time >= SETTLED:
                    size = limit
                    residual = size if residual > 0 else -size
            else:
                out.append(0.0)
            rate = 1.0 / (time + 1)
            if rate < least_rate:
                rate = least_rate
            level += rate * residual
            if time:
                scale += rate * (size - scale)
                least = 1e-9 * (abs(level) + 1e-9)
                if scale < least:
                    scale = least
        self.level, self.scale = level, scale
        return out
