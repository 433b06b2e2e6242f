"""Rows a second of the detector on one core, beside a rolling z-score of pandas on the same rows.

Usage: python benchmarks/detect_speed.py [--seeds 21] [--repeats 3] [FOLDER_OF_CSV]
The best of the repeats counts: other programs only ever make it slower. Reading files is not part of the time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
from detect_series import made

from workbench.signals.series import score_series

Rows = tuple[list[float], list[float]]


def rolling_z(times: Sequence[float], values: Sequence[float]) -> None:
    series = pd.Series(values)
    past = series.shift(1).rolling(100, min_periods=10)
    ((series - past.mean()).abs() / past.std()).tolist()


def rolling_z_by_row(times: Sequence[float], values: Sequence[float]) -> None:
    """What a streaming rolling z-score in pandas costs: the last 100 rows anew for each row."""
    series = pd.Series(values)
    for row in range(1, len(values)):
        past = series.iloc[max(0, row - 100) : row]
        abs(values[row] - past.mean()) / (past.std() or 1.0)


def ours(times: Sequence[float], values: Sequence[float]) -> None:
    score_series(times, values)


def rate(method: Callable[[Sequence[float], Sequence[float]], None], rows: Sequence[Rows], repeats: int) -> list[float]:
    """Return rows per second of processor time of each series, the best of the repeats."""
    rates = []
    for times, values in rows:
        best = 0.0
        for _ in range(repeats):
            begun = time.process_time()
            method(times, values)
            best = max(best, len(values) / max(time.process_time() - begun, 1e-6))
        rates.append(best)
    return rates


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--seeds", default="21")
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    sets: dict[str, list[Rows]] = {}
    for seed in chosen.seeds.split(","):
        for series in made(int(seed), 1):
            kept = sets.setdefault(f"generated, {series.base}", [])
            if len(kept) < 6:
                kept.append((series.times_s.tolist(), series.values.tolist()))
    if chosen.folder:
        from workbench.tools.series import read_series

        sets[chosen.folder.name] = [read_series(path) for path in sorted(chosen.folder.rglob("*.csv*"))]
    print(f"{'rows of':<22}{'rows':>9}{'rows/s':>10}{'slowest':>10}{'of pandas rolling z':>21}{'of z row by row':>17}")
    for name, rows in sets.items():
        total = sum(len(values) for _, values in rows)
        mine, plain = rate(ours, rows, chosen.repeats), rate(rolling_z, rows, chosen.repeats)
        head = [(times[:2000], values[:2000]) for times, values in rows[:1]]
        (by_row,) = rate(rolling_z_by_row, head, 1)
        speed = total / sum(len(values) / one for (_, values), one in zip(rows, mine, strict=True))
        simple = total / sum(len(values) / one for (_, values), one in zip(rows, plain, strict=True))
        print(
            f"{name:<22}{total:>9,}{speed:>10,.0f}{min(mine):>10,.0f}{speed / simple:>20.4f}x{speed / by_row:>16.1f}x"
        )


if __name__ == "__main__":
    main()
