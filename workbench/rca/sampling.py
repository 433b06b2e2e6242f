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
    spans = case.telemetry.spans
    if len(spans) <= most:
        return case, ""
    traces, ids = pd.factorize(spans["trace_id"], use_na_sentinel=False)
    bucket = pd.util.hash_array(np.asarray(ids, dtype=object), categorize=False) % np.uint64(_BUCKETS)
    keep = bucket < np.uint64(max(1, int(_BUCKETS * most / len(spans))))
    kept = spans[keep[traces]]
    said = (
        f"Of {len(spans):,} spans, {len(kept):,} were read (whole traces, chosen by their ids): "
        "what happens in fewer than some ten requests may be missed. Name a shorter time to have all of them read."
    )
    return replace(case, telemetry=replace(case.telemetry, spans=kept)), said
