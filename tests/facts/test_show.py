"""Facts show as small HTML in notebooks, and hostile text in them stays text."""

from __future__ import annotations

from workbench.facts.diagnosis import Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.evidence import Evidence, EvidenceKind
from workbench.facts.incident import Incident

HOSTILE = "<script>alert(1)</script>"


def cause() -> Cause:
    seen = Evidence(kind=EvidenceKind.LOG, service_name="cart", summary=f"12 lines of {HOSTILE}", evidence_id="E1")
    return Cause(rank=1, service_name=HOSTILE, confidence=0.834, path=["cart", "web"], evidence=[seen])


def test_a_cause_shows_its_confidence_path_and_evidence() -> None:
    shown = cause()._repr_html_()

    assert "83 %" in shown
    assert "cart → web" in shown
    assert "<code>E1</code>" in shown


def test_nothing_hostile_gets_through() -> None:
    incident = Incident(
        incident_id="INC-1", title=HOSTILE, kind=IncidentKind.ERROR, opened_unix_nano=0, updated_unix_nano=0
    )
    diagnosis = Diagnosis(case=HOSTILE, verdict=Verdict.INCIDENT, reason=HOSTILE, causes=[cause()], not_known=[HOSTILE])

    for shown in (cause()._repr_html_(), incident._repr_html_(), diagnosis._repr_html_()):
        assert "<script" not in shown
        assert "&lt;script&gt;" in shown


def test_a_known_failure_mode_is_said_before_the_sign_that_decided() -> None:
    known = cause().model_copy(update={"failure_mode": "cart is out of connections & 19 wait."})

    shown = Diagnosis(case="c", verdict=Verdict.INCIDENT, reason="Its network time grew.", causes=[known])._repr_html_()

    assert "cart is out of connections &amp; 19 wait.<br>Its network time grew." in shown


def test_a_healthy_diagnosis_ranks_nothing() -> None:
    shown = Diagnosis(case="c", verdict=Verdict.HEALTHY, reason="all as usual", causes=[cause()])._repr_html_()

    assert "healthy" in shown
    assert "Ranked causes" not in shown
