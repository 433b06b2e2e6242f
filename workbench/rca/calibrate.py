"""Finds how far the structure score goes while nothing is wrong, from splits of fault-free traces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.columns import Flags
from workbench.rca.items import VisitTable, read_visits
from workbench.rca.joined import Part
from workbench.rca.structure import broken_rules
from workbench.rca.windows import NESTED

LEAST = 2.5
MARGIN = 1.15
MARGIN_ALONE = 3.0
"""With one reference only: its splits do not show how days differ."""
LEAST_SPANS = 50
"""A few spans do not show what a healthy day looks like."""
WITHOUT_REFERENCE = 4.0
LEAST_VISITS = 20

Scores = tuple[dict[str, float], dict[str, float]]
"""Structure scores per service: of all visits, and of the short ones."""


@dataclass(frozen=True, slots=True)
class StructureNull:
    """What the structure score reaches while nothing is wrong."""

    threshold: float = WITHOUT_REFERENCE
    short: dict[str, float] = field(default_factory=dict)
    """Per service, how much its short visits count (0..1): less where they come without a fault."""


def structure_null(references: Sequence[Telemetry], *, nested: bool, cache: ReferenceCache) -> StructureNull:
    """Return the largest structure score of any service over the references' own splits, with a margin, at least 2.5.

    Splits: halves and odd/even traces, both ways round, and each reference against each other one. `nested` scores as
    an undated case is scored: the mean over the nested windows. The threshold is 4.0 without any reference that has
    traces.
    """
    traced = [reference for reference in references if len(reference.spans) >= LEAST_SPANS]
    if not traced:
        return StructureNull()
    owners = sorted(traced, key=id)
    return cache.get(f"structure_null {nested}", owners, lambda: _null(owners, nested, cache))


def _null(references: Sequence[Telemetry], nested: bool, cache: ReferenceCache) -> StructureNull:
    tables = [read_visits(reference, cache) for reference in references]
    splits = [pair for table in tables for pair in _splits(table, _all(table))]
    across = [
        (Part(base, _all(base)), Part(test, _all(test))) for test in tables for base in tables if base is not test
    ]
    margin = MARGIN if across else MARGIN_ALONE
    pairs = [*splits, *across]
    whole = cache.get("whole_splits", references, lambda: [_whole(base, test) for base, test in pairs])
    found = [_nested(base, test, first) for (base, test), first in zip(pairs, whole, strict=True)] if nested else whole
    if not found:
        return StructureNull()
    threshold = max(LEAST, margin * max(max(scores.values(), default=0.0) for scores, _ in found))
    brief: dict[str, float] = {}
    for _, own in found:
        for service, value in own.items():
            brief[service] = max(brief.get(service, 0.0), value)
    return StructureNull(
        threshold, {service: min(1.0, threshold / (margin * value)) for service, value in brief.items() if value > 0}
    )


def split_scores(table: VisitTable, keep: Flags, *, halves: bool = True) -> list[float]:
    """Return the largest score of each split of the kept visits: halves and odd/even traces, both ways round.

    Without `halves` only odd/even: a time in which the fault may have begun already has halves that differ.
    """
    return [max(_whole(base, test)[0].values(), default=0.0) for base, test in _splits(table, keep, halves=halves)]


def _splits(table: VisitTable, keep: Flags, *, halves: bool = True) -> list[tuple[Part, Part]]:
    """Return the pairs of base and test that the kept visits are divided into."""
    order = np.argsort(table.start, kind="stable")
    rank = {trace: number for number, trace in enumerate(dict.fromkeys(table.trace[order[keep[order]]]))}
    number = np.array([rank.get(trace, -1) for trace in table.trace], dtype=np.int64)
    early, even = keep & (number < len(rank) // 2), keep & (number % 2 == 0)
    pairs = []
    for one in (early, even) if halves else (even,):
        other = keep & ~one
        if min(int(one.sum()), int(other.sum())) < LEAST_VISITS:
            continue
        pairs.append((Part(table, one), Part(table, other)))
        pairs.append((Part(table, other), Part(table, one)))
    return pairs


def _all(table: VisitTable) -> Flags:
    return np.ones(len(table), dtype=np.bool_)


def _whole(base: Part, test: Part) -> Scores:
    """Return the scores of the whole test, and those of its short visits."""
    found = broken_rules([base], test)
    return found.scores, found.brief


def _nested(base: Part, test: Part, whole: Scores) -> Scores:
    """Return the mean scores over the nested windows, the first of which is the whole test."""
    found = [whole, *(_whole(base, part) for part in _later(test))]
    return _mean([scores for scores, _ in found]), _mean([brief for _, brief in found])


def _mean(found: Sequence[dict[str, float]]) -> dict[str, float]:
    services = {service for scores in found for service in scores}
    return {service: sum(scores.get(service, 0.0) for scores in found) / len(found) for service in services}


def _later(test: Part) -> list[Part]:
    """Return the nested windows of a test that begin later than it."""
    table, start = test.table, test.table.start[test.keep]
    parts = []
    for share in NESTED[1:]:
        since = start.min() + share * (start.max() - start.min())
        late = set(table.trace[test.keep & (table.start >= since)])
        parts.append(Part(table, test.keep & np.array([trace in late for trace in table.trace], dtype=np.bool_)))
    return parts
