"""Always three sentences, whatever the texts they quote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agents.shop import diagnose
from tests.detect.made import steady, telemetry_of
from workbench.agents.acceptance import refusal
from workbench.agents.rephrase import worded
from workbench.agents.wording import fact_lines, sentences_of, three_sentences
from workbench.facts.diagnosis import Cause, Diagnosis, FailureMode, IncidentKind, Verdict
from workbench.facts.evidence import Evidence, EvidenceKind
from workbench.facts.show import causes_html
from workbench.facts.telemetry import Case
from workbench.models.scripted import Scripted
from workbench.tools.investigation import Analysis

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


def test_a_small_confidence_is_the_same_in_the_sentence_the_terminal_and_a_notebook() -> None:
    causes = [
        Cause(rank=rank, service_name=name, confidence=sure)
        for rank, name, sure in ((1, "payments", 0.984), (2, "cart", 0.006))
    ]
    diagnosis = Diagnosis(case="c", verdict=Verdict.INCIDENT, reason="", causes=causes)
    shown = Analysis(
        case="c", verdict=Verdict.INCIDENT, reason="", incident_id=None, onset=None, causes=causes, summary=[],
        worded_by="rules", rows={}, rejected=0, files=[], seconds=0.0,
    )  # fmt: skip

    assert "98 %, the next candidate is cart with 0.6 %" in three_sentences(diagnosis)[2]
    assert "98 %  payments" in shown.text()
    assert "0.6 %  cart" in shown.text()
    assert "<small>0.6 %</small>" in causes_html(causes)
    assert "Cause 2: cart, confidence 0.6 %" in fact_lines(diagnosis)


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


POOL = "cart is out of connections of its own pool. The same holds for cart-2."
SLOW = Evidence(kind=EvidenceKind.LATENCY, service_name="cart", summary="SELECT rates spends 2000 ms.", strength=9)
FULL = Evidence(
    kind=EvidenceKind.RESOURCE, service_name="cart", summary="db.client.connection.count reached 6.", strength=2
)


def blaming(fault: str, mode: str = "", **more: object) -> list[str]:
    """Return the sentences of a diagnosis that blames cart; its failure mode is one of pools."""
    pool = FailureMode(
        signature_id="pool-exhaustion", title="t", category="c", subject="cart", confidence=0.9, sentence=POOL,
        fault_types=["pool_exhaustion"],
    )  # fmt: skip
    cause = Cause(
        rank=1, service_name="cart", fault_type=fault, confidence=0.9, evidence=[SLOW, FULL], failure_mode=mode
    )
    found = Diagnosis(case="c", verdict=Verdict.INCIDENT, reason="r.", causes=[cause], failure_modes=[pool])
    return three_sentences(found.model_copy(update=more))


@pytest.mark.parametrize(
    ("fault", "mode", "said"),
    [
        pytest.param("pool_exhaustion", "", "db.client.connection.count reached 6.", id="fitting-evidence"),
        pytest.param("slow_query", "", "SELECT rates spends 2000 ms.", id="other-fault-other-evidence"),
        pytest.param(
            "pool_exhaustion", POOL, "cart is out of connections of its own pool; the same holds for cart-2.", id="mode"
        ),
        pytest.param("slow_query", POOL, "SELECT rates spends 2000 ms.", id="mode-of-another-fault"),
    ],
)
def test_why_quotes_what_fits_the_fault_that_is_named(fault: str, mode: str, said: str) -> None:
    words = fault.replace("_", " ")

    assert blaming(fault, mode)[1] == f"The most likely first cause is cart ({words}): {said}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            ["deploy of ads 9 s before", "deploy of cart 9 s before"],
            "a change is on record: deploy of cart 9 s before.",
        ),
        (["deploy of cart-ui 9 s before"], "no change of cart is on record, but one elsewhere: deploy of cart-ui 9 s"),
        ([], "not known: what triggered it, as no change is on record."),
    ],
)
def test_a_change_elsewhere_is_not_told_as_one_of_the_cause(changes: list[str], said: str) -> None:
    assert said in blaming("cpu", contributing=changes)[2]


def test_two_faults_at_once_are_no_rivals() -> None:
    two = [
        Cause(rank=rank, service_name=name, confidence=0.97, independent=True)
        for rank, name in enumerate(("cart", "ads"), 1)
    ]

    assert "and ads is a fault of its own with 97 %" in blaming("cpu", causes=two)[2]


ADDRESSED = [
    "At 2023-11-14 22:16:40 UTC requests began to fail for the client 192.0.2.77.",
    "The most likely first cause is 10.0.3.7 (exception): 400 requests of 10.0.3.7 failed.",
    "Confidence is 83 %, the next candidate is 10.0.3.8:8080 with 0.6 %.",
]


def test_a_service_that_is_called_by_its_address_can_be_told_from_others() -> None:
    told = worded(ADDRESSED, [], model=None, cause="10.0.3.7", services=["10.0.3.7", "10.0.3.8:8080", "cart"])

    assert told.sentences == [ADDRESSED[0].replace("192.0.2.77", "[IP]"), *ADDRESSED[1:]]
    assert told.masked == 1


def test_a_model_is_not_told_the_address_of_a_service() -> None:
    services = ["10.0.3.7", "10.0.3.8:8080"]
    model = Scripted(
        ["Requests began to fail. The first cause is most likely [IP_1]. Confidence is 83 %, [IP_2]:8080 comes next."]
    )
    blaming = Scripted(["Requests began to fail. It was caused by [IP_2]:8080, [IP_1] next. Confidence is 83 %."])

    told = worded(ADDRESSED, ["Cause 1: 10.0.3.7"], model=model, cause=services[0], services=services)
    refused = worded(ADDRESSED, [], model=blaming, cause=services[0], services=services)

    assert not any(address in str(model.prompts) for address in ("10.0.3.7", "10.0.3.8", "192.0.2.77"))
    assert told.sentences[1] == "The first cause is most likely 10.0.3.7."
    assert told.sentences[2] == "Confidence is 83 %, 10.0.3.8:8080 comes next."
    assert (refused.worded_by, refused.sentences[1]) == ("rules", ADDRESSED[1])
