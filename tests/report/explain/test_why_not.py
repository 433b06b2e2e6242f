"""Why a service is not the cause: its own signs against those of the first."""

from __future__ import annotations

import pytest

from workbench.errors import BadInput
from workbench.facts.diagnosis import Cause, Diagnosis, Verdict
from workbench.report.explain.content import Strip
from workbench.report.explain.reasoning import reasoning
from workbench.report.explain.why_not import suspects, why_not

LEAD = "resource use"
DIAGNOSIS = Diagnosis(
    case="shop", verdict=Verdict.INCIDENT, reason="The resource use of cart is 9 times the largest value.",
    causes=[
        Cause(rank=1, service_name="cart", fault_type="cpu", confidence=0.9, path=["cart", "web"]),
        Cause(rank=2, service_name="web", confidence=0.05),
    ],
    services=["cart", "web", "mail", "search", "stock", "auth"], lead=LEAD, onset_unix_nano=1_770_000_000_000_000_000,
    signs={"cart": {LEAD: 9.0, "own latency": 4.0}, "web": {LEAD: 0.4, "own latency": 6.0}, "mail": {LEAD: 0.6},
           "search": {LEAD: 1.4}, "stock": {"share of failed calls": 2.5}},
)  # fmt: skip


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("web", "it calls cart and suffers with it"),
        ("mail", "0.6 of the largest value seen while healthy"),
        ("search", "the same, the resource use, and weaker: 1.4 beside 9.0"),
        ("stock", "can explain, and not the other way round"),
        ("auth", "no sign of trouble"),
        ("cart", "is the first cause, at 90 %"),
    ],
)
def test_each_service_gets_the_reason_that_fits(service: str, words: str) -> None:
    assert words in why_not(DIAGNOSIS, service, []).answer


def test_what_it_would_take_is_said() -> None:
    told = " ".join(why_not(DIAGNOSIS, "search", []).sentences)
    assert "It would be first if its resource use were above 9.0." in told
    assert "not among the ranked causes" in told


def test_a_store_that_another_service_keeps_busy_says_so_before_all_else() -> None:
    busy = "auth is busy with one statement of cart."
    told = why_not(DIAGNOSIS.model_copy(update={"explained": {"auth": busy}}), "auth", [])
    assert told.answer == busy
    assert not [text for text in told.sentences if text.startswith("It would be first")]


@pytest.mark.parametrize(
    ("late_s", "words"),
    [
        (0, "That is together with cart."),
        (-10, "That is together with cart, as far as values every 30 s tell."),
        (60, "That is 1 min after cart."),
        (-60, "That is 1 min before cart."),
    ],
)
def test_an_order_is_told_only_where_the_values_are_close_enough(late_s: int, words: str) -> None:
    second = 1_000_000_000

    def strip(service: str, every_s: int, moved_s: int) -> Strip:
        times = [place * every_s * second for place in range(10)]
        return Strip(
            service_name=service, label="use", unit="", times_unix_nano=times, values=[1.0] * 10,
            moved_unix_nano=moved_s * second, change=9.0, healthy=1.0, peak=2.0, cause=service == "cart",
        )  # fmt: skip

    assert words in why_not(DIAGNOSIS, "stock", [strip("cart", 30, 90), strip("stock", 10, 90 + late_s)]).sentences


def test_a_service_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(BadInput, match="auth, cart, mail"):
        why_not(DIAGNOSIS, "crat", [])


def test_in_health_nobody_is_named() -> None:
    calm = DIAGNOSIS.model_copy(update={"verdict": Verdict.HEALTHY, "reason": "Nothing departs."})
    assert why_not(calm, "cart", []).answer == "No service is named: healthy."
    questions = [one.question for one in reasoning(calm, {"spans": 3}, [], [])]
    assert "Since when?" not in questions
    assert questions[:2] == ["What was looked at?", "Is anything wrong?"]


def test_suspects_are_those_a_reader_would_ask_about() -> None:
    assert suspects(DIAGNOSIS) == ["web", "stock", "search"]


def test_the_reasoning_answers_the_questions_of_the_night() -> None:
    told = reasoning(DIAGNOSIS, {"spans": 3}, [], [why_not(DIAGNOSIS, "web", [])])
    text = {one.question: " ".join(one.sentences) for one in told}
    assert "strongest at cart" in text["Why cart?"]
    assert "cart → web" in text["Why cart?"]
    assert "suffers with it" in text["Why not another?"]
    assert "90 %" in text["How sure is this?"]
