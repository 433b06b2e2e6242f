"""Always three sentences, whatever the texts they quote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agents.shop import diagnose
from tests.detect.made import steady, telemetry_of
from workbench.agents.acceptance import refusal
from workbench.agents.rephrase import worded
from workbench.agents.wording import sentences_of, three_sentences
from workbench.facts.diagnosis import Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.evidence import Evidence, EvidenceKind
from workbench.facts.telemetry import Case
from workbench.models.scripted import Scripted

OWN = [
    "At 2023-11-14 22:16:40 UTC requests began to fail.",
    "The most likely first cause is payments (exception): 400 requests of payments failed; healthy is 0.4 %.",
    "Confidence is 83 %, the next candidate is cart with 12 %; not known: which version ran.",
]
SERVICES = ["payments", "cart", "search"]


def refused(answer: str) -> str:
    return refusal(answer, OWN, cause="payments", services=SERVICES)


TEXTS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=60)


@given(
    st.sampled_from(list(Verdict)),
    st.none() | st.sampled_from(list(IncidentKind)),
    st.lists(TEXTS, min_size=4, max_size=4),
)
def test_there_are_always_three(verdict: Verdict, kind: IncidentKind | None, texts: list[str]) -> None:
    evidence = Evidence(kind=EvidenceKind.ERROR, service_name="a", summary=texts[0])
    diagnosis = Diagnosis(
        case="c",
        verdict=verdict,
        kind=kind,
        reason=texts[1],
        causes=[Cause(rank=1, service_name="payments", confidence=0.5, evidence=[evidence])],
        not_known=[texts[2]],
        impact=[texts[3]],
        baseline=texts[3],
    )

    found = three_sentences(diagnosis)

    assert len(found) == 3
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in found)
    assert sentences_of(" ".join(found)) == found


def test_sentences_end_where_a_person_sees_it() -> None:
    assert sentences_of("It rose 0.4 % -> 12 %.  See v1.2 of a.b. Why?\nNobody knows!") == [
        "It rose 0.4 % -> 12 %.",
        "See v1.2 of a.b.",
        "Why?",
        "Nobody knows!",
    ]


@pytest.mark.parametrize(
    "answer",
    [
        " ".join(OWN),
        "Requests began to fail at 2023-11-14 22:16:40 UTC. This is most likely due to an exception in payments, and "
        "400 requests of payments failed where 0.4 % is healthy. Confidence is 83 %, with cart next at 12 %, and it is "
        "not known which version ran.",
        "Requests began to fail. This was most likely caused by payments. Confidence is 83 %.",
    ],
)
def test_the_same_in_other_words_may_stand(answer: str) -> None:
    assert refused(answer) == ""


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Requests failed. Payments did it.", "2 sentences"),
        ("Requests failed. The cause is cart. Confidence is 83 %.", "the service cart"),
        ("Requests failed. The cause is payments. Confidence is 84 %.", "the number 84"),
        ("Requests failed at 22:16:41. The cause is payments. Confidence is 83 %.", "the number 22:16:41"),
        ("Requests failed. The cause is payments-db. Confidence is 83 %.", "the name payments-db"),
        ("Requests failed. The cause is the database, then payments. Confidence is 83 %.", "blames database"),
        ("Requests failed. It is an exception. Confidence is 83 %.", "does not name the cause payments"),
        ("Requests failed. Payments failed due to network trouble. Confidence is 83 %.", "blames network"),
        ("Requests failed. The cause is payments. The culprit is cart with 83 %.", "blames cart"),
        ("Requests failed. The cause is not payments. Confidence is 83 %.", "denies"),
        ("Twenty requests failed. The cause is payments. Confidence is 83 %.", "twenty"),
        ("Requests failed. The cause is certainly payments. Confidence is 83 %.", "surer"),
        ("Requests failed. The cause is payments. You should restart it.", "advice"),
        ("- Requests failed. The cause is payments. Confidence is 83 %.", "plain text"),
        ("Requests failed " + "and failed " * 200 + ". The cause is payments. Confidence is 83 %.", "too long"),
    ],
)
def test_what_says_anything_else_is_refused(answer: str, reason: str) -> None:
    assert reason in refused(answer)


def test_a_refusal_is_told_and_the_rules_words_stand() -> None:
    wording = worded(OWN, [], model=Scripted(["Nonsense."], name="m"), cause="payments", services=SERVICES)

    assert (wording.sentences, wording.worded_by) == (OWN, "rules")
    assert wording.why == "the wording of m was refused: it has 1 sentences, not 3"


def test_nothing_personal_reaches_the_model_and_all_of_it_is_counted() -> None:
    model = Scripted(["x"])

    wording = worded(
        ["Mail a@b.example.", "B.", "C."], ["from 192.0.2.1 by a@b.example"], model=model, cause="", services=[]
    )

    assert "a@b.example" not in model.prompts[0]
    assert "192.0.2.1" not in model.prompts[0]
    assert (wording.sentences[0], wording.masked) == ("Mail [EMAIL].", 3)


def test_the_stand_in_of_these_tests_is_a_diagnosis() -> None:
    healthy = diagnose(Case("x", telemetry_of(spans=steady("payments", 5))))

    assert three_sentences(healthy)[1] == "The reason is: No request failed."
