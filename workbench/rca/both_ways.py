"""Reads a case with references against its own past as well: references know what is healthy, it what began when.

Of two faults at once the one that came first stands in what lies before the other, and an end shows only in the case.
"""

from __future__ import annotations

from dataclasses import replace

from workbench.facts.telemetry import Case
from workbench.rca.apart import with_second
from workbench.rca.by_own_past import find_by_own_past
from workbench.rca.cache import ReferenceCache
from workbench.rca.report import Finding
from workbench.rca.windows import seconds

LEAST_PAST_S = 300
"""Spans of so long a time before the onset show what began when."""


def with_own_past(found: Finding, case: Case, cache: ReferenceCache) -> Finding:
    """Return the finding with a second cause that stands for itself, and with the end of the incident, where the case's
    own past shows them and names the same first cause among its own.
    """
    if not found.incident or not found.scores or (found.apart and found.ended_unix_nano) or not _long_past(found, case):
        return found
    alone = find_by_own_past(replace(case, references={}), cache)
    if isinstance(alone, str) or not alone.incident:
        return found
    first = next(iter(found.scores))
    agreed = first in alone.apart or first == next(iter(alone.scores))
    if not found.apart and first in alone.apart:
        found = _with_both(found, alone)
    elif not found.apart and not agreed:
        # Each reading shows one of two faults best; what only one of them names first is the next to be looked at.
        found = with_second(_with_words(found, alone), next(iter(alone.scores)))
    if agreed and found.ended_unix_nano is None and alone.ended_unix_nano is not None:
        onset = found.onset_unix_nano if found.onset_given else alone.onset_unix_nano
        found = replace(found, ended_unix_nano=alone.ended_unix_nano, onset_unix_nano=onset)
    return found


def _long_past(found: Finding, case: Case) -> bool:
    spans = case.telemetry.spans
    if not len(spans) or found.onset_unix_nano is None:
        return False
    return found.onset_unix_nano - int(spans["start_time_unix_nano"].min()) >= seconds(LEAST_PAST_S)


def _with_words(found: Finding, alone: Finding) -> Finding:
    """Return the finding with the fault types and the evidence of services that only `alone` has."""
    return replace(
        found,
        fault_types={**alone.fault_types, **found.fault_types},
        evidence={**alone.evidence, **found.evidence},
        signs={**alone.signs, **found.signs},
    )


def _with_both(found: Finding, alone: Finding) -> Finding:
    """Return the finding with both causes of `alone` first, in its order, and all else below them."""
    both, top = list(alone.apart), max(found.scores.values())
    scores = {name: top * 0.999**place for place, name in enumerate(both)}
    scores |= {name: min(score, 0.99 * top) for name, score in found.scores.items() if name not in both}
    onset = found.onset_unix_nano
    if not found.onset_given and onset is not None and alone.onset_unix_nano is not None:
        onset = min(onset, alone.onset_unix_nano)
    return replace(
        found,
        reason=alone.reason,
        scores=scores,
        onset_unix_nano=onset,
        fault_types={**alone.fault_types, **found.fault_types, **{name: alone.fault_types.get(name) for name in both}},
        evidence={**alone.evidence, **found.evidence, **{name: alone.evidence.get(name, []) for name in both}},
        first_seen={**found.first_seen, **alone.first_seen},
        signs={**alone.signs, **found.signs},
        apart=alone.apart,
    )
