"""Forecasts the next sample by whichever of four simple predictors did best lately."""

from __future__ import annotations

_LEVEL_RATE = 2.0 / 13.0
_PROFILE_RATE = 0.3
_RECENT = 0.02
_CLIP = 5.0
_SETTLED = 30


class Forecaster:
    """One-step forecasts of a series whose day has `day` samples.

    Predictors: the last value, a level of a dozen samples, the usual value at this time of day, and a slow level.
    """

    def __init__(self, day: int) -> None:
        self._day, self._slow_rate = day, 1.0 / (2.0 * day)
        self._profile: list[float | None] = [None] * day
        self._last = self._level = self._slow = 0.0
        self._errors = [0.0, 0.0, 0.0, 0.0]

    def push(self, value: float, time: int) -> float:
        """Return |value - forecast| of the recently best predictor; then learn from the value."""
        if not time:
            self._last = self._level = self._slow = value
        at = time % self._day
        usual = self._profile[at]
        by_day = self._level if usual is None else usual
        errors = self._errors
        off = (abs(value - self._last), abs(value - self._level), abs(value - by_day), abs(value - self._slow))
        result = off[errors.index(min(errors))]
        seen = 1.0 / (time + 1)
        rate = max(_RECENT, seen)
        settled = time > _SETTLED
        self._errors = [
            kept + rate * ((_CLIP * kept if settled and 0.0 < _CLIP * kept < error else error) - kept)
            for kept, error in zip(errors, off, strict=True)
        ]
        self._last = value
        self._level += _LEVEL_RATE * (value - self._level)
        self._slow += max(self._slow_rate, seen) * (value - self._slow)
        self._profile[at] = value if usual is None else usual + _PROFILE_RATE * (value - usual)
        return result
