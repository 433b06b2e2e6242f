"""Log keys: the code location when there is one, a mask when not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.signals import logkey
from workbench.signals.logkey import log_key


@pytest.mark.parametrize(
    ("body", "key"),
    [
        pytest.param("2024-01-02 10:00:00 ERROR Cart#83 - payment 9 refused", "ERROR Cart#83", id="class-line"),
        pytest.param("10:00 ERROR  o.a.[/].[disp]#182 - failed", "ERROR o.a.[/].[disp]#182", id="odd-logger-name"),
        pytest.param("ERROR cannot ship order#17 today", "ERROR cannot ship today", id="a-number-is-no-line"),
        pytest.param("10:00 [main] WARN  c.a.Basket#add#12 - slow", "WARN c.a.Basket#add#12", id="class-method-line"),
        pytest.param("I0102 03:04:05.1 77 server.go:142] started", "server.go:142", id="file-line"),
        pytest.param("warning: api/views.py:7 retry", "WARN api/views.py:7", id="path-and-lower-case-level"),
        pytest.param("INFO at shop.Order.pay(Order.java:55)", "INFO Order.java:55", id="stack-frame"),
        pytest.param("ERROR lost order 17 of user 4", "ERROR lost order of user", id="masked"),
        pytest.param("ERROR save Order(id=3, items=[Item(a)]) failed", "ERROR save Order failed", id="payload"),
        pytest.param("", "", id="empty"),
        pytest.param("12345", "", id="numbers-only"),
    ],
)
def test_log_key(body: str, key: str):
    assert log_key(body) == key


def test_lines_of_one_statement_share_their_key():
    lines = [f"INFO user u-{n} bought {n * 3} items in {n}.5 ms (trace={n:032x})" for n in range(50)]

    assert len({log_key(line) for line in lines}) == 1


@pytest.mark.parametrize(
    ("body", "key"),
    [
        pytest.param("INFO [pay][Take the money][orderId: 7a1]", "INFO pay Take the money orderId", id="sentences"),
        pytest.param("INFO found tags=[red] of [red, blue]", "INFO found tags of", id="lists-are-values"),
        pytest.param("INFO got Offer(name=Big, parts=[a]) from=web", "INFO got Offer from", id="assigned"),
        pytest.param("INFO sent {to: web, list: [a, b", "INFO sent", id="cut-off"),
    ],
)
def test_brackets_of_loggers_are_told_from_payloads(body: str, key: str):
    assert log_key(body) == key


def test_addresses_are_not_taken_for_code():
    assert log_key("INFO connect to db.example.c:5432") == "INFO connect to"
    assert log_key("INFO host 10.0.0.1:8080 up") == "INFO host up"


PIECES = ["a", "B1", "é", "x9_z", " ", "[", "]", "(", ")", "{", "}", "<", ">", '"', "'", "=", ":", "/", "@", "12"]
PIECES += ["0", "foo", "info", "ERROR", "-", ".", "!", "_", ",", "#", "\\", "\n", "٣", "://"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_words_with_digits_may_be_masked_before_all_else(text: str) -> None:
    before = logkey._masked.__wrapped__(text)

    assert logkey._masked.__wrapped__(logkey._WITH_DIGIT.sub("0", text)) == before
