"""Decides which services are blamed for broken visits: the deepest ones, or the callee after which many give up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags, Floats, Ints
from workbench.rca.joined import Joined

EXPLAINS = 0.5
"""A broken visit explains those above it that are broken at most twice as strongly: a small one explains no large one.
"""
LEAST_SEEN = 2
"""A place of code after which so many visits gave up is a place, not a chance."""
SEVERAL_PLACES, ONE_PLACE = 1.2, 0.8


@dataclass(slots=True)
class Blame:
    """Scores per service, and the broken visits behind them that no broken visit below explains."""

    scores: dict[str, float] = field(default_factory=dict)
    times: dict[str, Ints] = field(default_factory=dict)
    """Start times of those visits per service, sorted."""
    traces: dict[str, list[str]] = field(default_factory=dict)
    """Trace ids of those visits per service."""
    blamed_by: dict[str, str] = field(default_factory=dict)
    """Callee that is blamed for the visits of a caller -> that caller."""


def blame(joined: Joined, strength: Floats, gave_up_after: Mapping[int, str]) -> Blame:
    """Score the services by their broken visits that no broken visit below explains.

    `strength` is how strongly each visit is broken (0: not at all), `gave_up_after` the kind of the callee that a visit
    newly ends with.
    """
    found = Blame()
    hit = np.flatnonzero(strength > 0)
    below = np.zeros(len(strength))
    above, passed = joined.caller[hit], strength[hit]
    while (there := above >= 0).any():
        above, passed = above[there], passed[there]
        np.maximum.at(below, above, passed)
        above = joined.caller[above]
    explained = below >= EXPLAINS * strength
    for service in pd.unique(joined.service[hit]):
        own = hit[joined.service[hit] == service]
        free = own[~explained[own]]
        if not len(free):
            found.scores[service] = 0.0
            continue
        found.scores[service] = float(strength[free].max() * len(free) / len(own))
        found.times[service] = np.sort(joined.start[free])
        found.traces[service] = [
            str(trace) for trace in pd.unique(joined.trace_id[free[np.argsort(joined.start[free])]])
        ]
    _common_cause(joined, strength > 0, explained, gave_up_after, found)
    return found


def _common_cause(
    joined: Joined, broken: Flags, explained: Flags, gave_up_after: Mapping[int, str], found: Blame
) -> None:
    """Blame the callee after which visits give up: several places of code point at it, one place points at the
    caller.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for visit, callee in gave_up_after.items():
        if not explained[visit]:
            groups.setdefault((str(joined.service[visit]), callee), []).append(visit)
    own = dict(found.scores)
    count = pd.Series(joined.service[broken]).value_counts()
    for (caller, callee), visits in sorted(groups.items()):
        target = callee.split("|")[0]
        places = pd.Series([f"{joined.kind[visit]} {joined.before_last[visit]}" for visit in visits]).value_counts()
        several = int((places >= LEAST_SEEN).sum())
        if target == caller or not several:
            continue
        share = SEVERAL_PLACES if several >= 2 else ONE_PLACE
        score = own[caller] * len(visits) / int(count[caller]) * share
        if score > found.scores.get(target, 0.0):
            found.scores[target] = score
            found.blamed_by[target] = caller
