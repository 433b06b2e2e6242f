"""Keeps a diagnosis fast on very many spans: whole traces are chosen by their ids, and the diagnosis says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Case

MOST_SPANS = 200_000
"""Habits and shares of some hundred thousand spans are known to a fraction of a percent; more only take longer."""
_BUCKETS = 1 << 20


def sampled(case: Case, most: int = MOST_SPANS) -> tuple[Case, str]:
    """Return the case with at most about `most` spans, and a sentence about it; '' when all of them are read.

    A trace is kept or left out as a whole, by a hash of its id, so that the same data gives the same answer. Logs,
    metrics and events are kept.
    """
    spans, whole = case.telemetry.spans, case.telemetry.spans_in_all
    if len(spans) <= most:
        return case, _said(whole, len(spans), 0) if whole else ""
    traces, ids = pd.factorize(spans["trace_id"], use_na_sentinel=False)
    bucket = pd.util.hash_array(np.asarray(ids, dtype=object), categorize=False) % np.uint64(_BUCKETS)
    keep = bucket < np.uint64(max(1, int(_BUCKETS * most / len(spans))))
    kept = spans[keep[traces]]
    said = _said(whole or len(spans), len(kept), len(spans) if whole else 0)
    return replace(case, telemetry=replace(case.telemetry, spans=kept)), said


def _said(whole: int, read: int, counted: int) -> str:
    """Return how much of all spans the diagnosis rests on; `counted` are those behind the numbers of requests, when
    they are not all.
    """
    numbers = f"Numbers of requests are those in {counted:,} spans. " if counted else ""
    return (
        f"Of {whole:,} spans, {read:,} were read (whole traces, chosen by their ids): "
        f"what happens in fewer than some ten requests may be missed. {numbers}"
        "Name a shorter time (`causeway analyze` with `--from` and `--to`) to have all of them read."
    )
