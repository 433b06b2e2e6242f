"""Evaluates the detector of series on labelled ones, beside two simple detectors."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.errors import BadInput
from workbench.evaluate.nab import PROFILES, LabelledSeries, best_threshold, nab_score
from workbench.evaluate.result import Cell, Evaluation, ResultTable
from workbench.evaluate.statistics import with_interval

Read = Callable[[Path], tuple[list[float], list[float]]]
Score = Callable[[Path], list[float]]
Told = Callable[[float, float | None, str], None]
ABNORMAL, PAGE = 0.5, 0.75
_WINDOW = 100


@dataclass(frozen=True, slots=True)
class Reader:
    """How files are read and scored: what `causeway detect` does."""

    read: Read
    score: Score


def evaluate_series(folder: Path, command: str, reader: Reader, told: Told) -> Evaluation:
    """Return the evaluation of a folder in NAB's layout, or of CSV files with a column `Label`.

    Raises:
        BadInput: it is neither.
    """
    windows = folder / "labels" / "combined_windows.json"
    tables, cases = (
        _windows(folder, windows, reader, told) if windows.is_file() else _labelled_rows(folder, reader, told)
    )
    return Evaluation(
        subject="detect", name=folder.resolve().name, command=command, made_unix_nano=time.time_ns(), cases=cases,
        tables=tables, notes=["The best threshold looks at the labels; the fixed one does not."],
    )  # fmt: skip


def rolling_z(values: Sequence[float]) -> list[float]:
    """Return a score from the distance to the mean of the last 100 values, in their deviations; 3 of them are 0.5."""
    series = pd.Series(values, dtype=float)
    past = series.shift(1).rolling(_WINDOW, min_periods=10)
    z = ((series - past.mean()).abs() / past.std().replace(0, np.nan)).fillna(0)
    return [float(value) for value in z / (z + 3)]


def _windows(folder: Path, labels: Path, reader: Reader, told: Told) -> tuple[list[ResultTable], int]:
    truth: dict[str, list[list[str]]] = json.loads(labels.read_text(encoding="utf-8"))
    ours, simple = [], []
    for done, (name, spans) in enumerate(sorted(truth.items()), start=1):
        path = _file(folder / "data" / name)
        times, values = reader.read(path)
        rows = [_rows(times, span) for span in spans]
        ours.append(LabelledSeries(name, reader.score(path), rows))
        simple.append(LabelledSeries(name, rolling_z(values), rows))
        told(done, len(truth), f"scored {name}")
    rows_: list[list[Cell]] = []
    for method, all_series in (("Causeway", ours), ("rolling z-score", simple)):
        for profile in PROFILES:
            best, threshold = best_threshold(all_series, profile)
            fixed = [nab_score(all_series, profile, at) for at in (ABNORMAL, PAGE)]
            rows_.append([method, profile.name, best, threshold, *fixed])
    columns = ["method", "profile", "best", "its threshold", f"at {ABNORMAL} (abnormal)", f"at {PAGE} (page)"]
    by_kind: list[list[Cell]] = []
    for kind in sorted({one.name.split("/")[0] for one in ours if one.windows}):
        inside = [one for one in ours if one.name.split("/")[0] == kind]
        standard = PROFILES[0]
        by_kind.append([kind, len(inside), best_threshold(inside, standard)[0], nab_score(inside, standard, PAGE)])
    return [
        ResultTable(title="NAB score (0: no alarm ever, 100: perfect)", columns=columns, rows=rows_),
        ResultTable(title="Standard profile by kind", columns=["kind", "series", "best", f"at {PAGE}"], rows=by_kind),
    ], len(truth)


def _labelled_rows(folder: Path, reader: Reader, told: Told) -> tuple[list[ResultTable], int]:
    paths = [path for path in sorted(folder.rglob("*.csv*")) if "Label" in _head(path)]
    if not paths:
        hint = "Wanted: labels/combined_windows.json beside data/, or CSV files with a column `Label`"
        raise BadInput("holds no labelled series", where=str(folder), hint=hint)
    counts: dict[str, list[tuple[float, float, int, int, int]]] = {"Causeway": [], "rolling z-score": []}
    for done, path in enumerate(paths, start=1):
        label = pd.read_csv(path)["Label"].fillna(0).to_numpy() > 0
        _, values = reader.read(path)
        for method, scores in (("Causeway", reader.score(path)), ("rolling z-score", rolling_z(values))):
            counts[method].append(_counts(label, np.asarray(scores) >= ABNORMAL))
        told(done, len(paths), f"scored {path.name}")
    rows = [_pointwise(method, found) for method, found in counts.items()]
    columns = ["method", "series", "mean F1 [95 %]", "events hit", "events", "false rows per 1,000"]
    return [ResultTable(title=f"Labelled rows, alarm at {ABNORMAL}", columns=columns, rows=rows)], len(paths)


def _counts(label: np.ndarray, alarm: np.ndarray) -> tuple[float, float, int, int, int]:
    """Return F1 (nan without labels), false rows per 1,000, events, events hit, rows."""
    hit = int((label & alarm).sum())
    said, true = int(alarm.sum()), int(label.sum())
    f1 = 2 * hit / (said + true) if true else float("nan")
    starts = np.flatnonzero(label & ~np.concatenate([[False], label[:-1]]))
    ends = np.flatnonzero(label & ~np.concatenate([label[1:], [False]]))
    events = [bool(alarm[low : high + 1].any()) for low, high in zip(starts, ends, strict=True)]
    false = 1000 * float((alarm & ~label).sum()) / max(1, len(label))
    return f1, false, len(events), sum(events), len(label)


def _pointwise(method: str, found: Sequence[tuple[float, float, int, int, int]]) -> list[Cell]:
    scored = [one[0] for one in found if np.isfinite(one[0])]
    events, hit = sum(one[2] for one in found), sum(one[3] for one in found)
    rows = sum(one[4] for one in found)
    false = sum(one[1] * one[4] for one in found) / max(1, rows)
    return [method, len(found), with_interval(scored), hit / events if events else None, events, false]


def _file(path: Path) -> Path:
    packed = path.with_name(f"{path.name}.gz")
    if not path.is_file() and not packed.is_file():
        raise BadInput("is named in the labels and not there", where=str(path))
    return path if path.is_file() else packed


def _rows(times: Sequence[float], span: Sequence[str]) -> tuple[int, int]:
    first, last = (pd.Timestamp(text, tz="UTC").timestamp() for text in span)
    return int(np.searchsorted(times, first)), int(np.searchsorted(times, last, side="right")) - 1


def _head(path: Path) -> list[str]:
    try:
        return [str(name) for name in pd.read_csv(path, nrows=0).columns]
    except (ValueError, OSError):
        return []
