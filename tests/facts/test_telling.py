"""What speaks of the named fault is read first; what says little is not read at all."""

from __future__ import annotations

from workbench.facts.diagnosis import Cause, Diagnosis, Verdict
from workbench.facts.evidence import Evidence, EvidenceKind
from workbench.facts.telling import as_told, worth_telling


def sign(summary: str, strength: float, kind: EvidenceKind = EvidenceKind.RESOURCE, **more: object) -> Evidence:
    return Evidence(kind=kind, service_name="cart", summary=summary, strength=strength).model_copy(update=more)


SLOW = sign("SELECT spends 2000 ms", 9, EvidenceKind.LATENCY, value=2000.0, baseline=4.0)
HARDLY = sign("validate spends 4 ms", 9, EvidenceKind.LATENCY, value=4.0, baseline=3.7)
MEMORY = sign("process.memory.usage reached 700 MB", 1.6)
USUAL = sign("process.cpu.utilization reached 30 %", 0.4)
AGAINST = sign("The database answers as fast as ever", 3).model_copy(update={"supports": False})
NO_NUMBER = sign("A pod was killed", 0, EvidenceKind.STATE)
ALL = [AGAINST, USUAL, HARDLY, SLOW, MEMORY]


def cause(fault: str | None, evidence: list[Evidence], rank: int = 1) -> Cause:
    return Cause(rank=rank, service_name="cart", fault_type=fault, confidence=0.9, evidence=evidence)


def test_what_fits_the_fault_comes_first_and_nothing_is_lost() -> None:
    found = Diagnosis(
        case="c", verdict=Verdict.INCIDENT, reason="r", causes=[cause("memory_leak", ALL), cause("slow_query", ALL, 2)]
    )

    leak, query = as_told(found).causes

    assert leak.evidence == [MEMORY, SLOW, HARDLY, USUAL, AGAINST]
    assert query.evidence == [SLOW, MEMORY, HARDLY, USUAL, AGAINST]


def test_signs_within_the_usual_are_told_only_of_a_first_cause_without_better_ones() -> None:
    assert worth_telling(cause(None, [USUAL, SLOW, HARDLY, NO_NUMBER])) == [SLOW, NO_NUMBER]
    assert worth_telling(cause(None, [USUAL])) == [USUAL]
    assert worth_telling(cause(None, [USUAL], rank=2)) == []
