"""How much of what is odd in generated metrics is found, and how often an alarm is false, beside three simple methods.

Usage: python benchmarks/detect_synthetic.py [--seeds 11,12,13] [--each 2] [--baselines]
A hit is an alarm between the start of the event and its end, or within 5 % of the length after the start. Any other
alarm after the first 15 % is false, but for 200 rows after the event. Baselines get the threshold at which they have
one false alarm in 1,000 rows on these very series; ours is the threshold that is shipped.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import numpy as np
from detect_series import FAMILIES, Floats, Series, made

from workbench.signals.series import PAGE, score_series

HARD = ("no season", "frequency", "flat line")
Method = Callable[[Series], Floats]


def ours(series: Series) -> Floats:
    return np.array(score_series(series.times_s, series.values))


def rolling_z(series: Series) -> Floats:
    """|x - mean| / sd of the 100 rows before."""
    return _windowed(series.values, 100, 100)


def windowed_gaussian(series: Series) -> Floats:
    """Mean of the last 10 rows against the Gaussian of the last 6,000 (NAB's windowed Gaussian, as |z|)."""
    mean = np.convolve(series.values, np.ones(10) / 10)[: len(series.values)]
    return _windowed(series.values, 6000, 100, mean) * np.sqrt(10)


def ewma(series: Series) -> Floats:
    """|x - exponential mean| / exponential deviation, rate 0.05."""
    mean, variance, out = float(series.values[0]), 0.0, []
    for value in series.values.tolist():
        off = value - mean
        out.append(abs(off) / (variance**0.5 + 1e-9))
        mean, variance = mean + 0.05 * off, 0.95 * (variance + 0.05 * off * off)
    return np.array(out)


def _windowed(values: Floats, width: int, least: int, judged: Floats | None = None) -> Floats:
    rows = np.arange(len(values))
    begin = np.maximum(rows - width, 0)
    sums, squares = (np.concatenate([[0.0], np.cumsum(x)]) for x in (values, values**2))
    count = np.maximum(rows - begin, 1)
    mean = (sums[rows] - sums[begin]) / count
    sd = np.sqrt(np.maximum((squares[rows] - squares[begin]) / count - mean**2, 1e-12))
    return np.where(rows >= least, np.abs((values if judged is None else judged) - mean) / sd, 0.0)


def alarms(scores: Floats, threshold: float, quiet: int) -> list[int]:
    """Rows at which the score comes to the threshold, half a day apart at least."""
    out: list[int] = []
    for row in np.flatnonzero(scores >= threshold).tolist():
        if not out or row - out[-1] >= quiet:
            out.append(row)
    return out


def judge(series: Series, rows: Sequence[int]) -> tuple[bool, int, int]:
    """Return (hit, false alarms, rows in which an alarm is false)."""
    length = len(series.values)
    first = int(0.15 * length)
    if series.event is None:
        return False, sum(row >= first for row in rows), length - first
    start, stop = series.event
    until = max(stop, start + int(0.05 * length))
    inside = [row for row in rows if start <= row < until]
    false = sum(row >= first and not start <= row < until + 200 for row in rows)
    return bool(inside), false, length - first - (min(until + 200, length) - start)


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share."""
    share, z = hits / total, 1.96
    centre, half = share + z * z / (2 * total), z * (share * (1 - share) / total + z * z / (4 * total * total)) ** 0.5
    return (centre - half) / (1 + z * z / total), (centre + half) / (1 + z * z / total)


def report(name: str, judged: Sequence[tuple[Series, tuple[bool, int, int]]], *, families: bool) -> None:
    def line(label: str, part: Sequence[tuple[bool, int, int]]) -> str:
        hits, total = sum(hit for hit, _, _ in part), len(part)
        low, high = wilson(hits, total)
        return f"  {label:<18} recall {hits / total:.2f} [{low:.2f}, {high:.2f}] of {total}"

    false = sum(count for _, (_, count, _) in judged)
    quiet = sum(rows for _, (_, _, rows) in judged)
    with_event = [(series, told) for series, told in judged if series.event is not None]
    print(f"{name}: {1000 * false / quiet:.2f} false alarms in 1,000 rows ({false} in {quiet:,})")
    print(line("all families", [told for _, told in with_event]))
    print(line("season, freq, flat", [told for series, told in with_event if series.family in HARD]))
    for family in FAMILIES if families else ():
        part = [told for series, told in with_event if series.family == family]
        if part:
            print(line(family, part))
    by_base = {series.base: [0, 0] for series, _ in judged}
    for series, (_, count, rows) in judged:
        by_base[series.base][0] += count
        by_base[series.base][1] += rows
    shown = ", ".join(f"{base} {1000 * count / rows:.2f}" for base, (count, rows) in by_base.items())
    print(f"  false alarms in 1,000 rows by base: {shown}")


def baseline(method: Method, all_series: Sequence[Series]) -> list[tuple[Series, tuple[bool, int, int]]]:
    scored = [(series, method(series)) for series in all_series]
    grid = np.quantile(np.concatenate([scores for _, scores in scored]), 1 - np.geomspace(1e-5, 0.2, 40))
    best: list[tuple[Series, tuple[bool, int, int]]] = []
    for threshold in grid:
        told = [
            (series, judge(series, alarms(scores, threshold, int(43_200 / series.step_s)))) for series, scores in scored
        ]
        false, quiet = sum(one[1][1] for one in told), sum(one[1][2] for one in told)
        if best and 1000 * false > quiet:
            break
        best = told
    return best


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", default="11,12,13")
    options.add_argument("--each", type=int, default=2)
    options.add_argument("--baselines", action="store_true")
    chosen = options.parse_args()
    all_series = [series for seed in chosen.seeds.split(",") for series in made(int(seed), chosen.each)]
    print(f"{len(all_series)} series, {sum(len(series.values) for series in all_series):,} rows, seeds {chosen.seeds}")
    # Pages have their own quiet time, so every page counts.
    told = [(series, judge(series, np.flatnonzero(ours(series) >= PAGE).tolist())) for series in all_series]
    report("causeway", told, families=True)
    for method in (rolling_z, windowed_gaussian, ewma) if chosen.baselines else ():
        report(method.__name__.replace("_", " "), baseline(method, all_series), families=False)


if __name__ == "__main__":
    main()
