"""Says in one sentence what else speaks for the first cause, beside the sign that decided."""

from __future__ import annotations

from collections import Counter

from workbench.facts.diagnosis import Cause, Diagnosis, Verdict
from workbench.report.words import plural

_MOST = 4
_LOUD = 1.0
"""A sign below the largest value that was seen while healthy says nothing."""


def also_for(diagnosis: Diagnosis) -> str:
    """Return `Also for it, ...`, or '' when there is no cause or nothing else.

    Signs stand with their size, in multiples of the largest value seen while healthy; without signs the evidence is
    counted by kind.
    """
    if diagnosis.verdict is not Verdict.INCIDENT or not diagnosis.causes:
        return ""
    first = diagnosis.causes[0]
    loud = [
        (name, size)
        for name, size in diagnosis.signs.get(first.service_name, {}).items()
        if size >= _LOUD and name != diagnosis.lead
    ]
    if loud:
        ordered = sorted(loud, key=lambda one: (-one[1], one[0]))[:_MOST]
        signs = ", ".join(f"{name} {size:.1f}" for name, size in ordered)
        return f"Also for it, in multiples of the largest value seen while healthy: {signs}."
    return _counted(first, diagnosis.reason)


def _counted(first: Cause, reason: str) -> str:
    others = Counter(one.kind.value for one in first.evidence if one.supports and one.summary != reason)
    told = ", ".join(plural(count, f"{kind} sign") for kind, count in others.most_common(_MOST))
    return f"Also for it: {told}." if told else ""
