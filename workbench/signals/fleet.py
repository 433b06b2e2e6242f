"""One alarm policy for many series: a thousand of them may raise as many false pages as one does, not a thousand times.

The false-discovery rate is held over the series (Benjamini and Hochberg, JRSS B 1995): where many series break at the
same time each needs little evidence, a lone one among a thousand needs much.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

RATE = 0.001
"""False pages per row of one series at an evidence of one threshold."""
FALL = 3.0
"""False pages fall with this power of the evidence: doubled evidence, an eighth of the false pages."""
YOUNG = 1000
"""Rows after which a series is known; before that false pages come as much more often as rows are missing."""
WINDOW_S = 86_400.0
"""Pages of one day are judged together."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that one series would raise by itself; `evidence` in thresholds, at least 1."""

    time_s: float
    series: int
    evidence: float
    rows_per_day: float
    rows_seen: int = YOUNG
    """Rows of the series up to the page."""


def chance(page: Page) -> float:
    """Return how likely a quiet series has a page with so much evidence within a day."""
    rate = RATE * max(1.0, YOUNG / max(page.rows_seen, 1)) * math.pow(page.evidence, -FALL)
    return -math.expm1(-rate * min(page.rows_per_day, 1440.0))


def shared(pages: Iterable[Page], series: int) -> list[Page]:
    """Return the pages that stand when `series` series share the budget of one, in the order of time.

    Each page is judged when it comes, by the strongest pages of all series in the day before it and nothing later.
    """
    kept: list[Page] = []
    recent: list[Page] = []
    for page in sorted(pages, key=lambda one: (one.time_s, one.series)):
        recent = [one for one in recent if one.time_s > page.time_s - WINDOW_S] + [page]
        budget = chance(Page(page.time_s, page.series, 1.0, page.rows_per_day))
        if chance(page) <= budget * _share(recent, series, budget):
            kept.append(page)
    return kept


def _share(recent: Sequence[Page], series: int, budget: float) -> float:
    """Return the largest k / m such that k of the m series have a chance of at most budget * k / m, 1 / m at least."""
    strongest: dict[int, float] = {}
    for page in recent:
        strongest[page.series] = min(chance(page), strongest.get(page.series, 1.0))
    best = 1
    for rank, one in enumerate(sorted(strongest.values()), 1):
        if one <= budget * rank / series:
            best = rank
    return best / series
