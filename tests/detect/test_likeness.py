"""How alike two incidents are is a number that can be explained by what they share."""

from __future__ import annotations

import pytest

from workbench.detect.likeness import Traits, cause_in_words, likeness, traits_of
from workbench.facts.diagnosis import Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.evidence import Evidence, EvidenceKind
from workbench.facts.incident import Anomaly, Incident

EDGES = [("web", "cart"), ("cart", "db")]


def incident() -> Incident:
    return Incident(
        incident_id="INC-1", title="t", kind=IncidentKind.ERROR, service_name="web", opened_unix_nano=1,
        updated_unix_nano=1,
    )  # fmt: skip


def diagnosis(service: str = "db", fault: str | None = "pool_exhaustion") -> Diagnosis:
    evidence = [
        Evidence(kind=EvidenceKind.RESOURCE, service_name=service, summary="pool is full"),
        Evidence(kind=EvidenceKind.LOG, service_name=service, summary="no log", supports=False),
    ]
    cause = Cause(rank=1, service_name=service, fault_type=fault, confidence=0.9, evidence=evidence)
    return Diagnosis(case="c", verdict=Verdict.INCIDENT, reason="r", causes=[cause], edges=EDGES)


def seen(service: str, template: str = "") -> Anomaly:
    return Anomaly(
        detector="error_rate", kind=IncidentKind.ERROR, service_name=service, time_unix_nano=1, score=0.9,
        summary="s", template=template,
    )  # fmt: skip


def test_an_incident_is_wholly_like_itself() -> None:
    one = traits_of(incident(), diagnosis(), [seen("web"), seen("db", "pool of <*> is full")])

    found = likeness(one, one)

    assert (found.similarity, found.differs) == (1.0, [])
    assert found.shared == [
        "the same service broke first: db",
        "the same type of fault: pool exhaustion",
        "the same log lines: pool of <*> is full",
        "evidence of the same kinds: resource",
        "trouble at the same services: db, web",
        "users notice the same: error (error rate)",
        "the same place among callers: a leaf, called by one, calling none",
    ]


def test_the_number_is_the_weighted_share_of_what_is_known_of_both() -> None:
    now = Traits(cause=frozenset(["db"]), fault=frozenset(["cpu"]), services=frozenset(["web", "db"]))
    then = Traits(cause=frozenset(["db"]), fault=frozenset(["memory"]), services=frozenset(["db"]))

    found = likeness(now, then)

    # 3 for the cause, 0 of 3 for the fault, half of 1 for the services.
    assert found.similarity == pytest.approx(3.5 / 7)
    assert found.differs == ["another type of fault: memory, here cpu"]
    assert likeness(then, now).similarity == found.similarity


def test_too_little_is_known_to_compare() -> None:
    same = Traits(services=frozenset(["web"]), trouble=frozenset(["error"]))

    assert likeness(same, same).similarity == 0.0


def test_a_cause_in_words() -> None:
    assert cause_in_words(diagnosis()) == "pool exhaustion at db"
    assert cause_in_words(diagnosis(fault=None)) == "something broke at db"
    assert cause_in_words(None) == ""
