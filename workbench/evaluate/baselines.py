"""Published methods on the same cases: n-sigma and BARO, as the package RCAEval has them.

RCAEval (Pham et al., MIT licence) is the optional extra `bench`. Its methods want the time of the fault and one table
of metrics. Columns get neutral names, since the package treats some names in a special way; ties keep its order.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from workbench.facts.telemetry import Case, Telemetry
from workbench.semconv import NANOS_PER_SECOND

LEAST_ROWS = 5
"""With fewer rows before the fault the fault-free reference is the baseline."""
_METHODS: dict[str, tuple[str, str]] = {
    "nsigma": ("RCAEval.e2e", "nsigma"),
    "BARO": ("RCAEval.e2e.baro", "baro"),
}
Ranking = dict[str, float]


def methods() -> dict[str, Callable[..., Any]]:
    """Return the published methods that are installed, by name."""
    try:
        return {name: getattr(importlib.import_module(module), call) for name, (module, call) in _METHODS.items()}
    except ImportError:
        return {}


def rank_services(case: Case, method: Callable[..., Any]) -> Ranking:
    """Return a falling score per service: the place of its first column. Empty when there is nothing to rank.

    Raises:
        ValueError: the case has no time.
    """
    if case.at_unix_nano is None:
        raise ValueError(f"{case.name}: these methods need the time of the fault")
    wide, columns = _wide(case.telemetry)
    before = int((wide["time"] < case.at_unix_nano / NANOS_PER_SECOND).sum())
    if before < LEAST_ROWS and case.references:
        healthy, _ = _wide(next(iter(case.references.values())), columns)
        later = wide[wide["time"] >= case.at_unix_nano / NANOS_PER_SECOND]
        step = 60.0
        healthy = healthy.assign(time=case.at_unix_nano / NANOS_PER_SECOND - step * (len(healthy) - healthy.index))
        wide = pd.concat([healthy, later], ignore_index=True)
    wide = wide.dropna(axis=1, how="all").ffill().fillna(0.0)
    if len(wide.columns) < 2:
        return {}
    ranked = method(wide, inject_time=case.at_unix_nano / NANOS_PER_SECOND, dataset="own")["ranks"]
    service_of = {column: key[0] for key, column in columns.items()}
    found: Ranking = {}
    for place, column in enumerate(ranked):
        found.setdefault(service_of[str(column)], 1.0 - place / (len(ranked) + 1))
    return found


_Key = tuple[str, str, str, str]


def _wide(telemetry: Telemetry, known: Mapping[_Key, str] | None = None) -> tuple[pd.DataFrame, dict[_Key, str]]:
    """Return a table with one row per time (seconds) and one column per series of a service, and the columns' names."""
    keys = ["service_name", "service_instance_id", "metric_name", "statistic"]
    metrics = telemetry.metrics
    metrics = metrics[(metrics["service_name"] != "") & (metrics["peer_service_name"] == "")]
    table = metrics.pivot_table(index="time_unix_nano", columns=keys, values="value", aggfunc="mean", sort=False)
    table = table.sort_index()
    names: dict[_Key, str] = dict(known or {})
    keyed: list[_Key] = [(str(one[0]), str(one[1]), str(one[2]), str(one[3])) for one in table.columns.to_list()]
    for key in keyed:
        names.setdefault(key, f"c{len(names)}")
    table.columns = pd.Index([names[key] for key in keyed])
    wide = table.reset_index(drop=True)
    wide.insert(0, "time", table.index.to_numpy(dtype=float) / NANOS_PER_SECOND)
    return wide, names
