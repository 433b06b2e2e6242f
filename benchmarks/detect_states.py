"""How well the abnormal state fits the rows of generated events: mean F1 per series, events found, false rows.

Usage: python benchmarks/detect_states.py [--seeds 11,12,13] [--each 1]
The series have a daily or weekly season, are counts of many or of few, come in bursts, or wander. Each has up to five
events: shifts, ramps, and spikes of one to six rows. Just the rows of an event are labelled.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.signals.series import ABNORMAL, WARM_UP, score_series

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BASES = ("daily", "weekly", "many counts", "few counts", "bursty", "walk")
KINDS = ("shift", "ramp", "spike", "mixed")
SAMPLINGS = ((3600.0, 800), (300.0, 3000))
"""Step in seconds and number of rows."""


@dataclass(frozen=True)
class Labelled:
    """One generated metric; `labels` are true in its events."""

    base: str
    step_s: float
    values: Floats
    labels: Flags


def made(seed: int, each: int = 1) -> Iterator[Labelled]:
    """Yield `each` series of every base, kind of event and sampling; a seed always gives the same series."""
    rng = np.random.default_rng(90_000 + seed)
    for base in BASES:
        for kind in KINDS:
            for step_s, rows in SAMPLINGS:
                for _ in range(each):
                    yield one(rng, base, kind, step_s, rows)


def one(rng: np.random.Generator, base: str, kind: str, step_s: float, rows: int) -> Labelled:
    """Return one series; its events begin between 15 and 99 % of it and lasting ones have 0.1-0.6 days."""
    quiet = _quiet(rng, base, rows, step_s)
    counted = base.endswith("counts")
    low, high = np.quantile(quiet, [0.02, 0.98])
    span = max(high - low, 3.0 * float(quiet.mean()) ** 0.5) if counted else high - low
    values, labels = quiet.copy(), np.zeros(rows, dtype=bool)
    places = np.arange(int(0.15 * rows), int(0.97 * rows), int(0.06 * rows))
    for place in np.sort(rng.choice(places, rng.integers(1, 6), replace=False)):
        chosen = rng.choice(KINDS[:3]) if kind == "mixed" else kind
        start = int(place + rng.integers(0, int(0.02 * rows)))
        lasting = max(3, int(86_400 / step_s * rng.uniform(0.1, 0.6)))
        length = min(int(rng.integers(1, 7)) if chosen == "spike" else lasting, rows - start)
        sign = rng.choice((-1.0, 1.0, 1.0) if counted else (-1.0, 1.0))
        shape = np.linspace(0.2, 1.2, length) if chosen == "ramp" else np.ones(length)
        values[start : start + length] += sign * rng.uniform(0.5, 1.5) * span * shape
        labels[start : start + length] = True
    if counted:
        values = rng.poisson(np.maximum(values, 0.0)).astype(np.float64)
    return Labelled(base, step_s, np.maximum(values, 0.0) if base == "bursty" else values, labels)


def _quiet(rng: np.random.Generator, base: str, rows: int, step_s: float) -> Floats:
    """Values without events; of counts their expectation."""
    clock = np.arange(rows) * step_s / 86_400 + rng.uniform(0, 1)
    season = np.sin(2 * np.pi * clock) + rng.uniform(0, 0.6) * np.sin(4 * np.pi * clock + rng.uniform(0, 6))
    if base == "weekly":
        season = np.where(clock % 7 < 5, season, 0.5 * season - 0.4)
    if base == "many counts":
        return np.asarray(rng.uniform(20, 300) * np.exp(rng.uniform(0.2, 0.9) * season))
    if base == "few counts":
        return np.asarray(rng.uniform(0.5, 8) * np.exp(rng.uniform(0.0, 0.6) * season))
    if base == "bursty":
        return np.asarray(20 * np.exp(_reverting(rng, rows, 0.8, rng.uniform(0.15, 0.4)) + rng.normal(0, 0.2, rows)))
    if base == "walk":
        return 100 + _reverting(rng, rows, 0.998, 1.0) + rng.normal(0, 0.3, rows)
    return 60 + rng.uniform(8, 25) * season + _reverting(rng, rows, 0.6, rng.uniform(1.0, 4.0))


def _reverting(rng: np.random.Generator, rows: int, keep: float, size: float) -> Floats:
    steps, out, level = rng.normal(0, size, rows), np.empty(rows), 0.0
    for row in range(rows):
        level = out[row] = keep * level + steps[row]
    return out


@dataclass(frozen=True)
class Told:
    """What the states of one series are worth."""

    f1: float
    events: int
    found: int
    quiet: int
    false: int


def judge(labels: Flags, abnormal: Flags) -> Told:
    """Compare the rows in an abnormal state with the labelled rows."""
    both, either = int((labels & abnormal).sum()), int(labels.sum() + abnormal.sum())
    edges = np.flatnonzero(np.diff(np.concatenate([[0], labels.astype(int), [0]])))
    runs = [slice(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    found = sum(bool(abnormal[run].any()) for run in runs)
    f1 = 2 * both / either if either else 0.0
    return Told(f1, len(runs), found, int((~labels).sum()), int((abnormal & ~labels).sum()))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", default="11,12,13")
    options.add_argument("--each", type=int, default=1)
    chosen = options.parse_args()
    told: dict[str, list[Told]] = {base: [] for base in BASES}
    for seed in chosen.seeds.split(","):
        for series in made(int(seed), chosen.each):
            times = 1.7e9 + series.step_s * np.arange(len(series.values), dtype=np.float64)
            abnormal = np.array(score_series(times, series.values)) >= ABNORMAL
            abnormal[:WARM_UP] = False
            told[series.base].append(judge(series.labels, abnormal))
    print(f"{'base':<14}{'series':>8}{'mean F1':>10}{'events found':>16}{'false rows/1000':>18}")
    for base, part in [*told.items(), ("all", [one for some in told.values() for one in some])]:
        found, events = sum(one.found for one in part), sum(one.events for one in part)
        false = 1000 * sum(one.false for one in part) / sum(one.quiet for one in part)
        mean = float(np.mean([one.f1 for one in part]))
        print(f"{base:<14}{len(part):>8}{mean:>10.3f}{f'{found}/{events} {found / events:.3f}':>16}{false:>18.1f}")


if __name__ == "__main__":
    main()
