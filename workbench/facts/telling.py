"""Puts the evidence of a cause in the order of reading: what speaks of the named fault first, what says little last."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.facts.diagnosis import Cause, Diagnosis, FailureMode
from workbench.facts.evidence import Evidence, EvidenceKind

WEAK = 1.0
"""Below this strength a sign is within what was seen while healthy."""
LITTLE = 1.25
"""A value that changed by less than this factor says little, however steady it was."""
_KINDS: dict[str, tuple[EvidenceKind, ...]] = {
    "bad_deploy": (EvidenceKind.CHANGE, EvidenceKind.ERROR, EvidenceKind.LOG),
    "config_change": (EvidenceKind.CHANGE,),
    "dependency_down": (EvidenceKind.ABSENCE,),
    "exception": (EvidenceKind.ERROR, EvidenceKind.LOG),
    "latency": (EvidenceKind.LATENCY, EvidenceKind.NETWORK),
    "network_delay": (EvidenceKind.NETWORK,),
    "return": (EvidenceKind.STRUCTURE,),
    "slow_query": (EvidenceKind.LATENCY,),
    "wrong_return": (EvidenceKind.STRUCTURE,),
}
_WORDS: dict[str, re.Pattern[str]] = {
    name: re.compile(words, re.IGNORECASE)
    for name, words in {
        "clock_skew": r"\bclock|skew",
        "connection_errors": r"connection|socket|\bport",
        "cpu": r"\bcpu\b|processor",
        "cpu_contention": r"\bcpu\b|processor",
        "disk_contention": r"disk|iowait",
        "disk_full": r"disk|filesystem|volume|storage",
        "memory_leak": r"memory|heap|garbage|\bgc\b",
        "packet_loss": r"retransmi|packet|lost",
        "pool_exhaustion": r"connection\.|connections\b|\bpool",
        "retry_storm": r"per visit|made again|retr(y|ies)",
        "socket_exhaustion": r"connection\.|socket|\bport",
        "thread_exhaustion": r"thread",
    }.items()
}


def as_told(diagnosis: Diagnosis) -> Diagnosis:
    """Return the diagnosis with the evidence of every cause in the order of reading; nothing is left out."""
    causes = [cause.model_copy(update={"evidence": in_order(cause)}) for cause in diagnosis.causes]
    return diagnosis.model_copy(update={"causes": causes})


def in_order(cause: Cause) -> list[Evidence]:
    """Return all evidence: what bears the named fault out, other strong signs, weak ones, what speaks against it."""
    return sorted(
        cause.evidence,
        key=lambda one: (not one.supports, is_weak(one), not fits(one, cause.fault_type), -one.strength),
    )


def worth_telling(cause: Cause) -> list[Evidence]:
    """Return the evidence that a reader needs: weak signs only where the first cause has nothing better."""
    strong = [one for one in cause.evidence if not is_weak(one)]
    return strong if strong or cause.rank > 1 else list(cause.evidence)


def is_weak(evidence: Evidence) -> bool:
    """Tell whether something is within the usual, or hardly changed. Signatures and texts without numbers are not."""
    if evidence.strength and evidence.strength < WEAK:
        return True
    value, usual = evidence.value, evidence.baseline
    return bool(value and usual and value > 0 and usual > 0 and max(value / usual, usual / value) < LITTLE)


def fits(evidence: Evidence, fault_type: str | None) -> bool:
    """Tell whether evidence speaks of the very fault that is named."""
    words = _WORDS.get(fault_type or "")
    return bool(words.search(evidence.summary)) if words else evidence.kind in _KINDS.get(fault_type or "", ())


def telling_mode(cause: Cause, modes: Sequence[FailureMode]) -> str:
    """Return the sentence of the cause's known failure mode, '' when that is a way to fail of another fault type."""
    mode = next((one for one in modes if one.sentence and cause.failure_mode.startswith(one.sentence)), None)
    other = mode is not None and mode.fault_types and cause.fault_type and cause.fault_type not in mode.fault_types
    return "" if other else cause.failure_mode
