"""Generated metrics with one anomaly each: five kinds of series times nine families of events, from a seed.

They serve to set and to check thresholds without any labelled data. A series is (times in seconds, values, first and
last row of the event or None).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BASES = ("daily", "weekly", "bursty", "counts", "walk")
FAMILIES = ("shift", "trend", "spike up", "spike down", "variance", "no season", "frequency", "flat line", "slow drift")
"""A slow drift must be tolerated: whatever alarms there is false."""
CYCLIC = ("daily", "weekly", "counts")
"""The others have no season to lose: there `no season` and `frequency` have no event."""
SAMPLINGS = ((300.0, 4000), (3600.0, 1600))
"""Step in seconds and number of rows."""


@dataclass(frozen=True)
class Series:
    """One generated metric."""

    base: str
    family: str
    step_s: float
    values: Floats
    event: tuple[int, int] | None
    """First row and the row after the last of the event; None where any alarm is false."""

    @property
    def times_s(self) -> Floats:
        """Seconds since 1970 of each row."""
        return 1.7e9 + self.step_s * np.arange(len(self.values), dtype=np.float64)


def made(seed: int, each: int = 2) -> Iterator[Series]:
    """Yield `each` series of every base, family and sampling; the same seed always gives the same series."""
    rng = np.random.default_rng(seed)
    for base in BASES:
        for family in FAMILIES:
            for step_s, rows in SAMPLINGS:
                for _ in range(each):
                    yield one(rng, base, family, step_s, rows)


def one(rng: np.random.Generator, base: str, family: str, step_s: float, rows: int) -> Series:
    """Return one series; the event begins at 50-90 % and lasts 0.3-1 day (0.6-1.2 days where it concerns the cycle)."""
    day = 86_400.0 / step_s
    start = int(rng.uniform(0.5, 0.9) * rows)
    about_cycle = family in ("no season", "frequency")
    stop = min(rows, start + int(day * (rng.uniform(0.6, 1.2) if about_cycle else rng.uniform(0.3, 1.0))))
    clock = np.arange(rows) / day + rng.uniform(0, 1)
    if about_cycle and base in CYCLIC:
        clock = clock.copy()
        inside = clock[start:stop]
        clock[start:stop] = clock[start] + (inside - inside[0]) * (
            rng.uniform(2.0, 3.5) if family == "frequency" else 1
        )
    cycle = _cycle(rng, base, clock)
    if family == "no season" and base in CYCLIC:
        cycle[start:stop] = cycle.mean()
    values = _noisy(rng, base, cycle)
    if about_cycle:
        return Series(base, family, step_s, values, (start, stop) if base in CYCLIC else None)
    values, event = _changed(rng, family, values, start, stop)
    if base == "counts":
        values = np.maximum(np.round(values), 0.0)
    elif base == "bursty":
        values = np.maximum(values, 0.0)
    return Series(base, family, step_s, values, event)


def _cycle(rng: np.random.Generator, base: str, clock: Floats) -> Floats:
    if base not in CYCLIC:
        return np.zeros(len(clock))
    shape = np.sin(2 * np.pi * clock) + rng.uniform(0, 0.5) * np.sin(4 * np.pi * clock + rng.uniform(0, 6))
    if base == "weekly":
        # A weekend has half the swing.
        shape = np.where(clock % 7 < 5, shape, 0.5 * shape - 0.4)
    return shape


def _noisy(rng: np.random.Generator, base: str, cycle: Floats) -> Floats:
    rows = len(cycle)
    if base == "bursty":
        return 20.0 * np.exp(_reverting(rng, rows, 0.8, 0.35) + rng.normal(0, 0.2, rows))
    if base == "walk":
        return 100.0 + _reverting(rng, rows, 0.998, 1.0) + rng.normal(0, 0.3, rows)
    if base == "counts":
        return rng.poisson(40.0 * np.exp(0.6 * cycle)).astype(float)
    return 60.0 + 20.0 * cycle + _reverting(rng, rows, 0.6, rng.uniform(1.0, 3.0))


def _reverting(rng: np.random.Generator, rows: int, keep: float, size: float) -> Floats:
    steps, out, level = rng.normal(0, size, rows), np.empty(rows), 0.0
    for row in range(rows):
        level = out[row] = keep * level + steps[row]
    return out


def _changed(
    rng: np.random.Generator, family: str, values: Floats, start: int, stop: int
) -> tuple[Floats, tuple[int, int] | None]:
    low, high = np.quantile(values, [0.02, 0.98])
    span, size, sign = high - low, rng.uniform(0.7, 1.5), rng.choice((-1.0, 1.0))
    values, event = values.copy(), values[start:stop]
    spike = slice(start, start + int(rng.integers(1, 4)))
    if family == "shift":
        values[start:stop] = event + sign * size * span
    elif family == "trend":
        values[start:stop] = event + sign * size * span * np.linspace(0, 1.5, len(event))
    elif family == "spike up":
        values[spike] = high + size * span
    elif family == "spike down":
        values[spike] = low - size * span
    elif family == "variance":
        values[start:stop] = event + rng.normal(0, 0.5 * span, len(event))
    elif family == "flat line":
        values[start:stop] = event[0]
    else:
        length = int(0.3 * len(values))
        begin = min(start, len(values) - length)
        values[begin:] += sign * span * np.minimum(np.arange(len(values) - begin) / length, 1.0)
        return values, None
    return values, (spike.start, spike.stop) if "spike" in family else (start, stop)
