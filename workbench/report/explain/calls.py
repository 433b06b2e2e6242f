"""Compares the calls between services before and after the onset, over times of equal length."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.report.explain.content import CallChange
from workbench.report.window import Window
from workbench.semconv import NANOS_PER_SECOND, STATUS_ERROR

MOST_CALLS = 16
_MS = 1e6


def call_changes(telemetry: Telemetry, window: Window) -> list[CallChange]:
    """Return the edges that changed most: more failures, other latency, calls that are no longer made."""
    if window.onset is None or window.compared_s <= 0 or not len(telemetry.spans):
        return []
    calls = _calls(telemetry.spans)
    reach = int(window.compared_s * NANOS_PER_SECOND)
    calls = calls[(calls["start"] >= window.onset - reach) & (calls["start"] < window.onset + reach)]
    calls = calls.assign(after=calls["start"] >= window.onset)
    found = [
        _change(str(caller), str(callee), rows) for (caller, callee), rows in calls.groupby(["caller", "callee"])
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-_size(one), one.caller, one.callee))[:MOST_CALLS]


def _calls(spans: pd.DataFrame) -> pd.DataFrame:
    """Return the spans whose parent is of another service: one row per call."""
    parents = spans[["trace_id", "span_id", "service_name"]].drop_duplicates(["trace_id", "span_id"])
    parents = parents.rename(columns={"span_id": "parent_span_id", "service_name": "caller"})
    children = spans[spans["parent_span_id"] != ""]
    joined = children.merge(parents, on=["trace_id", "parent_span_id"])
    joined = joined[joined["caller"] != joined["service_name"]]
    return pd.DataFrame(
        {
            "caller": joined["caller"].astype(object),
            "callee": joined["service_name"].astype(object),
            "start": joined["start_time_unix_nano"].to_numpy(dtype=np.int64),
            "ms": (joined["end_time_unix_nano"] - joined["start_time_unix_nano"]).to_numpy(dtype=float) / _MS,
            "failed": (joined["status_code"] == STATUS_ERROR).to_numpy(dtype=bool),
        }
    )


def _change(caller: str, callee: str, rows: pd.DataFrame) -> CallChange:
    before, after = rows[~rows["after"]], rows[rows["after"]]
    return CallChange(
        caller=caller, callee=callee, calls_before=len(before), calls_after=len(after),
        median_before_ms=_median(before), median_after_ms=_median(after),
        failed_before=_share(before), failed_after=_share(after),
    )  # fmt: skip


def _median(rows: pd.DataFrame) -> float | None:
    return float(f"{rows['ms'].median():.4g}") if len(rows) else None


def _share(rows: pd.DataFrame) -> float | None:
    return round(float(rows["failed"].mean()), 4) if len(rows) else None


def _size(one: CallChange) -> float:
    """Return how much an edge changed: failures first, then factors of latency and of traffic."""
    failed = (one.failed_after or 0.0) - (one.failed_before or 0.0)
    slower = abs(np.log2((one.median_after_ms or 1e-3) / (one.median_before_ms or 1e-3))) if both(one) else 0.0
    traffic = abs(np.log2((one.calls_after + 1) / (one.calls_before + 1)))
    return float(10 * abs(failed) + slower + 0.5 * traffic)


def both(one: CallChange) -> bool:
    """Tell whether there were calls on both sides."""
    return one.median_before_ms is not None and one.median_after_ms is not None
