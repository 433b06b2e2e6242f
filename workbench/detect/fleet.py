"""Holds the rate of false discoveries over many services: a thousand of them are not a thousand times as often wrong.

Benjamini and Hochberg, JRSS B 1995. Where many services break in the same bucket each needs little evidence, a lone one
among a thousand needs much.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from workbench.detect.history import Sign
from workbench.semconv import NANOS_PER_SECOND
from workbench.signals.rates import ALARM_LOG10_P, surprise_of_score

FEW = 30
"""Indicators, three for each of ten services, up to which each is judged by itself."""


def fair_signs(signs: Sequence[tuple[str, Sign]], indicators: int, width_s: int) -> list[tuple[str, Sign]]:
    """Return the (service, sign) pairs that stand when this many indicators were judged, in the order given.

    A sign stands when at least k indicators have a tail probability of at most 0.001 * k * FEW / indicators in its
    bucket and its own is one of them. Up to `FEW` indicators nothing is taken away.
    """
    if indicators <= FEW:
        return list(signs)
    buckets: dict[int, list[float]] = defaultdict(list)
    for _, sign in signs:
        buckets[_bucket(sign, width_s)].append(surprise_of_score(sign.score))
    needed = {
        bucket: _needed(sorted(found, reverse=True), math.log10(indicators / FEW)) for bucket, found in buckets.items()
    }
    return [pair for pair in signs if surprise_of_score(pair[1].score) >= needed[_bucket(pair[1], width_s)]]


def with_witness(
    signs: Sequence[tuple[str, Sign]], width_s: int, alone: Callable[[Sign], float]
) -> list[tuple[str, Sign]]:
    """Return the (service, sign) pairs that have a neighbour of their kind left, or a score of `alone` at least.

    A sign that was believed because of the bucket beside it falls with that. The first sign of a run may be dated up
    to one bucket away from its own, so the neighbour is looked for within two.
    """
    times: dict[tuple[str, str], list[int]] = defaultdict(list)
    for service, sign in signs:
        times[service, sign.detector].append(sign.time_unix_nano)
    reach = 2 * width_s * NANOS_PER_SECOND
    return [
        (service, sign)
        for service, sign in signs
        if sign.score >= alone(sign)
        or sum(abs(time - sign.time_unix_nano) <= reach for time in times[service, sign.detector]) > 1
    ]


def _needed(surprises: Sequence[float], more: float) -> float:
    """Return the -log10 p that a sign of the bucket needs; `more` is what many indicators cost a lone one."""
    level = ALARM_LOG10_P + more
    for rank in range(len(surprises), 0, -1):
        needed = max(ALARM_LOG10_P, level - math.log10(rank))
        if surprises[rank - 1] >= needed:
            return needed
    return level


def _bucket(sign: Sign, width_s: int) -> int:
    return sign.time_unix_nano // (width_s * NANOS_PER_SECOND)
