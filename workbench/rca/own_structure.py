"""Broken habits without a reference: errors that went away are a recovery, and steps are looked for around the time.

The past of a case may hold another incident. A habit counts as broken only if it is broken against the whole past and
against those visits of it that saw no error: what changes because errors ended is no fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags
from workbench.rca.faulttype import is_error
from workbench.rca.items import VisitTable
from workbench.rca.joined import Part
from workbench.rca.observe import Observation
from workbench.rca.structure import HABITS_HOLD, NOTHING_KNOWN, Doubt, Structure, broken_rules
from workbench.rca.windows import seconds

AROUND_S = (-60, -40, -20, 20, 40)
"""A time is known to about a minute: steps are looked for so long before and after it, too."""
LEAST_VISITS = 20
TOLD = 1.0
"""Scores below this are not looked at again."""


def own_structures(
    seen: Observation, case: VisitTable, since: int, *, around: bool, named: bool = True, mostly: bool = False
) -> None:
    """Put the habits that broke inside of the case into `seen`; `around` looks for steps near `since` (ns) as well,
    `mostly` counts what visits mostly did.

    Where nobody `named` the time, many times are tried: what a few visits did before one of them is no habit yet.
    """
    doubt = (HABITS_HOLD if named else NOTHING_KNOWN)._replace(mostly=mostly)
    clean = ~saw_error(case)
    splits = [since, *(since + seconds(shift) for shift in AROUND_S)] if around else [since]
    found = []
    for split in splits:
        before, after = case.end < split, case.start >= split
        if min(int(before.sum()), int(after.sum())) >= LEAST_VISITS:
            found.append(_without_recovery(case, before, clean, after, doubt))
    seen.structures = found
    seen.structure = largest(found)


def largest(found: Sequence[Structure]) -> dict[str, float]:
    """Return the largest score of each service."""
    scores: dict[str, float] = {}
    for one in found:
        for service, score in one.scores.items():
            scores[service] = max(scores.get(service, 0.0), score)
    return scores


def saw_error(case: VisitTable) -> Flags:
    """Return per visit whether an error stands in its spans or lines."""
    codes, names = pd.factorize(case.item)
    error = np.array([is_error(str(name)) for name in names], dtype=np.bool_)
    flags = np.zeros(len(case), dtype=np.bool_)
    if len(codes):
        flags[case.item_visit[error[codes]]] = True
    return flags


def _without_recovery(case: VisitTable, before: Flags, clean: Flags, after: Flags, doubt: Doubt) -> Structure:
    whole = broken_rules([Part(case, before)], Part(case, after), doubt=doubt)
    if max(whole.scores.values(), default=0.0) < TOLD or (before & ~clean).sum() == 0:
        return whole
    calm = broken_rules([Part(case, before & clean)], Part(case, after), doubt=doubt).scores
    return replace(whole, scores={name: min(score, calm.get(name, 0.0)) for name, score in whole.scores.items()})
