"""Finds how far the structure score goes while nothing is wrong, from splits of fault-free traces."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.items import VisitTable, read_visits
from workbench.rca.structure import Part, broken_rules
from workbench.rca.visits import Flags
from workbench.rca.windows import NESTED

LEAST = 2.5
MARGIN = 1.15
MARGIN_ALONE = 3.0
"""With one reference only: its splits do not show how days differ."""
WITHOUT_REFERENCE = 4.0
LEAST_VISITS = 20


def structure_threshold(references: Sequence[Telemetry], *, nested: bool, cache: ReferenceCache) -> float:
    """Return the largest structure score of any service over the references' own splits, with a margin, at least 2.5.

    Splits: halves and odd/even traces, both ways round, and each reference against each other one. `nested` scores as
    an undated case is scored: the mean over the nested windows. 4.0 without any reference that has traces.
    """
    traced = [reference for reference in references if len(reference.spans)]
    if not traced:
        return WITHOUT_REFERENCE
    owners = sorted(traced, key=id)
    return cache.get(f"structure_threshold {nested}", owners, lambda: _threshold(owners, nested, cache))


def _threshold(references: Sequence[Telemetry], nested: bool, cache: ReferenceCache) -> float:
    tables = [read_visits(reference, cache) for reference in references]
    within = chain.from_iterable(split_scores(table, np.ones(len(table), dtype=np.bool_), nested) for table in tables)
    across = [
        _score(Part(base, _all(base)), Part(test, _all(test)), nested)
        for test in tables
        for base in tables
        if base is not test
    ]
    scores = [*within, *across]
    margin = MARGIN if across else MARGIN_ALONE
    return max(LEAST, margin * max(scores)) if scores else WITHOUT_REFERENCE


def split_scores(table: VisitTable, keep: Flags, nested: bool) -> list[float]:
    """Return the largest score of each split of the kept visits: halves and odd/even traces, both ways round."""
    order = np.argsort(table.start, kind="stable")
    rank = {trace: number for number, trace in enumerate(dict.fromkeys(table.trace[order[keep[order]]]))}
    number = np.array([rank.get(trace, -1) for trace in table.trace], dtype=np.int64)
    early, even = keep & (number < len(rank) // 2), keep & (number % 2 == 0)
    scores = []
    for one in (early, even):
        other = keep & ~one
        if min(int(one.sum()), int(other.sum())) < LEAST_VISITS:
            continue
        scores.append(_score(Part(table, one), Part(table, other), nested))
        scores.append(_score(Part(table, other), Part(table, one), nested))
    return scores


def _all(table: VisitTable) -> Flags:
    return np.ones(len(table), dtype=np.bool_)


def _score(base: Part, test: Part, nested: bool) -> float:
    found = [broken_rules([base], part).scores for part in _windows(test, nested)]
    services = {service for scores in found for service in scores}
    return max((sum(scores.get(service, 0.0) for scores in found) / len(found) for service in services), default=0.0)


def _windows(test: Part, nested: bool) -> list[Part]:
    if not nested:
        return [test]
    table, start = test.table, test.table.start[test.keep]
    parts = []
    for share in NESTED:
        since = start.min() + share * (start.max() - start.min())
        late = set(table.trace[test.keep & (table.start >= since)])
        parts.append(Part(table, test.keep & np.array([trace in late for trace in table.trace], dtype=np.bool_)))
    return parts
