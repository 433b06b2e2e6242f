"""Lets a known failure mode say what broke first, where statistics only found where it shows.

Where no traces lead from one to the other, the loudest service comes first: the proxy, which answers 503 to everybody.
A line such as `FATAL: remaining connection slots are reserved`, new at that time at another service, says more.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.diagnosis import Cause, Diagnosis, FailureMode
from workbench.rca.signatures.hits import base_of
from workbench.rca.windows import seconds

VAGUE = (None, "exception", "latency", "connection_errors")
"""Types of fault that say how it shows, and not what it is."""
TELLS = 0.9
"""Confidence from which a failure mode is believed against the order of the statistics."""
LATEST_S = 120
"""It has to be seen no later than so long after the onset; what broke first tells of it early."""
MOST_SURE = 0.8
"""Confidence that the cause gets at most: that the one is behind the other was not seen."""
_ELSEWHERE = "dependency_failure"
_BROKEN = ("resource_exhaustion", "infrastructure", "configuration_error")


def with_told_cause(diagnosis: Diagnosis, modes: Sequence[FailureMode]) -> Diagnosis:
    """Return the diagnosis with the service of such a failure mode first, if there is one and the first is vague.

    A service that calls the first one only suffers from it, so it is never put before it. One that has a failure mode
    of its own is explained already, unless that mode only says that it cannot reach another.
    """
    first = diagnosis.causes[0]
    own = [mode for mode in modes if _is_of(mode, first.service_name)]
    if first.fault_type not in VAGUE or any(mode.category != _ELSEWHERE for mode in own):
        return diagnosis
    # A program that ended with an error is the cause for one that reaches it no more; else it may be any old error.
    broken = (*_BROKEN, "code_defect") if own else _BROKEN
    mode = next((one for one in modes if one.category in broken and _tells(one, diagnosis)), None)
    if mode is None:
        return diagnosis
    service = mode.service_name or mode.subject
    known = next((one for one in diagnosis.causes if base_of(one.service_name) == base_of(service)), None)
    missing = f"No trace shows that {first.service_name} needs {service}; that both broke at once speaks for it."
    told = Cause(
        rank=1,
        service_name=known.service_name if known else service,
        fault_type=mode.fault_types[0] if mode.fault_types else known.fault_type if known else None,
        confidence=min(mode.confidence, MOST_SURE),
        score=first.score,
        service_instance_id=known.service_instance_id if known else "",
        host_name=known.host_name if known else "",
        first_seen_unix_nano=mode.first_seen_unix_nano,
        path=[],
        evidence=[*mode.evidence, *(known.evidence if known else ())],
        missing=[missing, *(known.missing if known else ())],
    )
    behind = [one for one in diagnosis.causes if one is not known]
    rest = 1 - told.confidence
    moved = [
        one.model_copy(update={"rank": rank, "confidence": round(min(one.confidence, rest), 6)})
        for rank, one in enumerate(behind, start=2)
    ]
    explained = {
        one.service_name: f"{one.service_name}: its trouble shows that something broke, and not what; {service} says "
        "itself what did, from that time on and never before."
        for one in moved
    }
    return diagnosis.model_copy(
        update={"causes": [told, *moved], "actions": [], "lead": "", "explained": diagnosis.explained | explained}
    )


def _tells(mode: FailureMode, diagnosis: Diagnosis) -> bool:
    onset, seen = diagnosis.onset_unix_nano, mode.first_seen_unix_nano
    if onset is None or seen is None or seen > onset + seconds(LATEST_S):
        return False
    if mode.role != "cause" or mode.consequence_of or mode.confidence < TELLS:
        return False
    return base_of(mode.service_name or mode.subject) not in _above(diagnosis)


def _above(diagnosis: Diagnosis) -> set[str]:
    """Return the services that call the first cause, through however many others."""
    above, new = set[str](), {base_of(diagnosis.causes[0].service_name)}
    while new:
        callers = {base_of(caller) for caller, callee in diagnosis.edges if base_of(callee) in new}
        new = callers - above
        above |= new
    return above


def _is_of(mode: FailureMode, service: str) -> bool:
    return mode.role == "cause" and base_of(mode.service_name or mode.subject) == base_of(service)
