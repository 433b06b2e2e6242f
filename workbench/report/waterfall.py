"""Picks the slowest request after the onset and lays its spans out as a waterfall."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.report.content import Waterfall, WaterfallSpan
from workbench.semconv import STATUS_ERROR

MOST_SPANS = 32
MS = 1e6


def make_waterfall(telemetry: Telemetry, onset: int | None, cause: str) -> Waterfall | None:
    """Return the slowest trace that begins after the onset, one through the cause if there is any."""
    spans = telemetry.spans[telemetry.spans["trace_id"].astype(object) != ""]
    if not len(spans):
        return None
    start = spans["start_time_unix_nano"].to_numpy(dtype=np.int64)
    late = spans[start >= onset] if onset is not None else spans
    if not len(late):
        return None
    trace = late["trace_id"].astype(object)
    grouped = pd.DataFrame(
        {
            "trace": trace.to_numpy(),
            "start": late["start_time_unix_nano"].to_numpy(dtype=np.int64),
            "end": late["end_time_unix_nano"].to_numpy(dtype=np.int64),
        }
    ).groupby("trace")
    length = (grouped["end"].max() - grouped["start"].min()).sort_index(kind="stable")
    through = set(trace[late["service_name"].astype(object) == cause].tolist())
    mine = length[[name in through for name in length.index]]
    chosen = (mine if len(mine) else length).idxmax()
    own = spans[spans["trace_id"].astype(object) == chosen]
    drawn, left_out = _bars(own)
    begin = int(own["start_time_unix_nano"].min())
    return Waterfall(
        trace_id=str(chosen),
        started_unix_nano=begin,
        duration_ms=round((int(own["end_time_unix_nano"].max()) - begin) / MS, 3),
        typical_ms=_typical(spans, own, onset),
        spans=drawn,
        left_out=left_out,
    )


def _bars(own: pd.DataFrame) -> tuple[list[WaterfallSpan], int]:
    rows: list[dict[str, Any]] = own.sort_values(["start_time_unix_nano", "end_time_unix_nano", "span_id"]).to_dict(
        "records"
    )  # type: ignore[assignment]
    by_id = {row["span_id"]: row for row in rows}
    children: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        above = row["parent_span_id"]
        known = above in by_id and above != row["span_id"]
        children.setdefault(above if known else "", []).append(row)
    kept = _longest(rows, by_id)
    begin = min(row["start_time_unix_nano"] for row in rows)
    bars: list[WaterfallSpan] = []
    seen: set[str] = set()
    stack = [(row, 0) for row in reversed(children.get("", []))]
    while stack:
        row, depth = stack.pop()
        if row["span_id"] in seen:
            continue
        seen.add(row["span_id"])
        if row["span_id"] in kept:
            bars.append(_bar(row, depth, begin))
        stack += [(child, depth + 1) for child in reversed(children.get(row["span_id"], []))]
    return bars, len(rows) - len(bars)


def _longest(rows: list[dict[str, Any]], by_id: dict[str, dict[str, Any]]) -> set[str]:
    """Return the ids of the longest spans together with all that stand above them."""
    ordered = sorted(rows, key=lambda row: row["start_time_unix_nano"] - row["end_time_unix_nano"])
    kept: set[str] = set()
    for row in ordered:
        chain = []
        while row is not None and row["span_id"] not in kept and row["span_id"] not in chain:
            chain.append(row["span_id"])
            row = by_id.get(row["parent_span_id"])  # type: ignore[assignment]
        if len(kept) + len(chain) <= MOST_SPANS:
            kept.update(chain)
    return kept


def _bar(row: dict[str, Any], depth: int, begin: int) -> WaterfallSpan:
    return WaterfallSpan(
        depth=depth,
        service_name=str(row["service_name"]),
        span_name=str(row["span_name"]),
        start_ms=round((row["start_time_unix_nano"] - begin) / MS, 3),
        duration_ms=round((row["end_time_unix_nano"] - row["start_time_unix_nano"]) / MS, 3),
        error=str(row["status_code"]).upper().endswith(STATUS_ERROR),
        message=str(row["status_message"]),
    )


def _typical(spans: pd.DataFrame, own: pd.DataFrame, onset: int | None) -> float | None:
    if onset is None:
        return None
    root = own.sort_values(["start_time_unix_nano", "end_time_unix_nano"], ascending=[True, False]).iloc[0]
    same = spans[
        (spans["start_time_unix_nano"].to_numpy(dtype=np.int64) < onset)
        & (spans["span_name"].astype(object) == root["span_name"]).to_numpy()
        & (spans["service_name"].astype(object) == root["service_name"]).to_numpy()
    ]
    if not len(same):
        return None
    return round(float((same["end_time_unix_nano"] - same["start_time_unix_nano"]).median()) / MS, 3)
