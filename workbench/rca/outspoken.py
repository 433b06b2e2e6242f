"""Finds kinds of requests that fail with an error line every time, where no healthy one of them was ever seen.

Whether such an error is new cannot be told from the case alone. Beside a time that somebody named it is the best that
there is, so it counts up to the edge of what is healthy and never beyond.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.rca.fuse import Fused, Sign, rank
from workbench.rca.items import VisitTable
from workbench.rca.own_structure import saw_error
from workbench.rca.windows import Window
from workbench.semconv import Table

MOSTLY = 0.8
ENOUGH = 15
"""So many failing requests count in full."""


@dataclass(frozen=True, slots=True)
class Outspoken:
    """A kind of request that fails whenever it is seen."""

    service: str
    operation: str
    failed: int
    requests: int
    ratio: float
    """0..1."""


def outspoken(case: VisitTable, since: int) -> list[Outspoken]:
    """Return the kinds of visits that see an error of their own nearly always, before `since` (ns) and after it.

    A visit whose callee saw one as well is explained by it. The most frequent comes first.
    """
    failed = saw_error(case)
    above = case.caller[failed]
    while len(above := np.unique(above[above >= 0])):
        failed[above] = False
        above = case.caller[above]
    found = []
    for kind in sorted({str(kind) for kind in case.kind[failed]}):
        own = case.kind == kind
        late = own & (case.start >= since)
        bad, all_bad = int((failed & late).sum()), float(failed[own].mean())
        if bad and all_bad >= MOSTLY and failed[late].mean() >= MOSTLY:
            service, _, operation = kind.partition("|")
            ratio = all_bad * min(bad, ENOUGH) / ENOUGH
            found.append(Outspoken(service, operation, bad, int(late.sum()), ratio))
    return sorted(found, key=lambda one: (-one.ratio, -one.failed))


def with_outspoken(fused: Fused, found: list[Outspoken], *, latency_leads: bool = True) -> Fused:
    """Return the ranking with these errors as one more sign; own latency leads only if `latency_leads`."""
    ratios = {service: dict(own) for service, own in fused.ratios.items()}
    for one in found:
        own = ratios.setdefault(one.service, dict.fromkeys(Sign, 0.0))
        own[Sign.ERRORS] = max(own[Sign.ERRORS], one.ratio)
    return rank(ratios, [sign for sign in Sign if latency_leads or sign is not Sign.LATENCY])


def outspoken_evidence(one: Outspoken, window: Window) -> Evidence:
    """Say that all requests of a kind fail, and what is not known about it."""
    return Evidence(
        kind=EvidenceKind.LOG,
        service_name=one.service,
        summary=(
            f"{one.failed} of {one.requests} requests to {one.operation} see an error in {one.service}. None without "
            "one was seen before, so whether it is new is not known."
        ),
        strength=round(one.ratio, 3),
        value=one.failed / one.requests,
        unit="1",
        selection=Selection(
            table=Table.SPANS,
            start_unix_nano=window.since,
            equals={"service_name": one.service, "span_name": one.operation},
        ),
    )
