"""Personal data is masked; what the person on call needs to read is not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.guard.aadhaar import check_digit, verhoeff_holds
from workbench.guard.pii import Masked, PiiType, Span, find, mask, mask_text
from workbench.guard.spans import without_overlaps


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from a.b+c@mail.example.org.", "from [EMAIL]."),
        ("postmaster@exämple.org", "[EMAIL]"),
        ("to <o'neil@example.co.uk>", "to <o'[EMAIL]>"),
        ("x@xn--bcher-kva.example", "[EMAIL]"),
    ],
)
def test_emails(text: str, expected: str) -> None:
    assert mask_text(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("client 203.0.113.9:8080 gone", "client [IP]:8080 gone"),
        ("node-1/10.20.0.3:9000", "node-1/[IP]:9000"),
        ("blk /10.1.2.3 -> 10.1.2.4", "blk /[IP] -> [IP]"),
        ("listening on [2001:db8::8a2e:370:7334]:443", "listening on [[IP]]:443"),
        ("from ::1 port 22", "from [IP] port 22"),
        ("2001:db8:85a3:0:0:8a2e:370:7334", "[IP]"),
        ("::ffff:192.0.2.33 refused", "[IP] refused"),
        ("fe80::1%eth0", "[IP]%eth0"),
    ],
)
def test_ip_addresses(text: str, expected: str) -> None:
    assert mask_text(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "+91 98765 43210",
        "+1-202-555-0173",
        "+442079460958",
        "(212) 555-0142",
        "555-867-5309",
        "1-800-555-0199",
        "212.555.0142 x33",
        "020 7946 0958",
        "01 42 68 53 00",
        "98765 43210",
    ],
)
def test_phones_in_their_usual_forms(text: str) -> None:
    assert mask_text(f"ring {text}").text == "ring [PHONE]"
    assert mask_text(text).text == "[PHONE]"


def test_digits_alone_are_a_phone_only_after_a_word_for_it() -> None:
    assert mask_text("phone: 5558675309").text == "phone: [PHONE]"
    assert mask_text("read 5558675309 rows").text == "read 5558675309 rows"


def test_aadhaar_needs_its_check_digit() -> None:
    good = "23412341234" + check_digit("23412341234")
    bad = good[:-1] + str((int(good[-1]) + 1) % 10)

    assert good == "234123412346"
    assert mask_text(f"aadhaar:{good[:4]} {good[4:8]} {good[8:]}, or {good}").text == "aadhaar:[AADHAAR], or [AADHAAR]"
    assert mask_text(f"id {bad[:4]} {bad[4:8]} {bad[8:]}").text == f"id {bad[:4]} {bad[4:8]} {bad[8:]}"


@given(st.text("0123456789", min_size=1, max_size=15), st.data())
def test_the_check_digit_finds_every_single_error_and_every_swap(digits: str, data: st.DataObject) -> None:
    whole = digits + check_digit(digits)
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from("0123456789"))

    assert verhoeff_holds(whole)
    assert verhoeff_holds(whole[:place] + other + whole[place + 1 :]) == (other == whole[place])
    if place and whole[place] != whole[place - 1]:
        assert not verhoeff_holds(whole[: place - 1] + whole[place] + whole[place - 1] + whole[place + 1 :])


LETTERS = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF"


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_" + LETTERS + "abcd",
        "github_pat_" + LETTERS,
        "AK" + "IA" + "Q3EGR5T7YU9IOP2A",
        "xo" + "xb-123456789012-" + LETTERS,
        "sk-proj-" + LETTERS,
        "gsk_" + LETTERS,
        "glpat-" + LETTERS[:20],
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWJ5dGVz",
        "sk" + "_live_" + LETTERS,
        "AIza" + LETTERS + "abc",
    ],
)
def test_tokens_are_known_by_their_issuers_prefix(secret: str) -> None:
    assert mask_text(f"used {secret}, then failed").text == "used [TOKEN], then failed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer [TOKEN]"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [TOKEN]"),
        ("postgres://app:s3cr3t@db.example.com/x", "postgres://app:[TOKEN]@db.example.com/x"),
        ("password=hunter2 next", "password=[TOKEN] next"),
        ("db_password: 'two words'", "db_password: '[TOKEN]'"),
        ('{"client_secret": "swordfish", "n": 1}', '{"client_secret": "[TOKEN]", "n": 1}'),
        ("X-Api-Key: 0123456789abcdef", "X-Api-Key: [TOKEN]"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "AWS_SECRET_ACCESS_KEY=[TOKEN]"),
        ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb", "a\n[TOKEN]\nb"),
        ("cut -----BEGIN PRIVATE KEY-----\nMIIE", "cut [TOKEN]"),
    ],
)
def test_secrets_are_known_by_what_stands_around_them(text: str, expected: str) -> None:
    assert mask_text(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("user_id=4711 ok", "user_id=[USER_ID] ok"),
        ('"userId": "u-77"', '"userId": "[USER_ID]"'),
        ("logname= uid=501 euid=0", "logname= uid=[USER_ID] euid=0"),
        ("order of customer 88123 failed", "order of customer [USER_ID] failed"),
        ("JSESSIONID=8F3A2C77D1; path=/", "JSESSIONID=[SESSION]; path=/"),
        ("session 0x14f05578bd80003 closed", "session [SESSION] closed"),
        ("session id abc-123-def expired", "session id [SESSION] expired"),
    ],
)
def test_users_and_sessions(text: str, expected: str) -> None:
    assert mask_text(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-20T09:35:52.123456+05:30 INFO started in 12.5 s",
        "2005-06-03-15.42.50.363779 and 081109 203518 143 and 09:35:52,123",
        "03-17 16:13:38.811 1702 2395 D WindowManager",
        "version 1.2.3.4, v10.0.2.1, tomcat-9.0.1.2.jar, Chrome/120.0.0.0",
        "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7",
        "550e8400-e29b-41d4-a716-446655440000 blk_-1608999687919862906",
        "at com.shop.Cart.add(Cart.java:123) std::vector<int>::at a::b Fade::cafe",
        "0000:00:1f.2 aa:bb:cc:dd:ee:ff 16:27:0a:51:aa:bb:cc:dd 1.3.6.1.4.1.311",
        "size 67108864 at 1700000000000 ns 1700000000123456789 code 200 512 1024",
        "getty@tty1.service Object@1b2c3d lodash@4.17.21 root@host",
        "session opened, token expired, password: incorrect, max_tokens=4096, token_count: 12",
        "bearer authentication, basic authentication, authorization: required",
        "user: null, uid=, sid=-, inside=1, reside: 2",
    ],
)
def test_what_the_person_on_call_reads_stays(text: str) -> None:
    assert mask_text(text) == Masked(text, 0, {})


def test_counts_by_kind() -> None:
    masked = mask_text("a@b.example and c@d.example at 192.0.2.1")

    assert masked == Masked("[EMAIL] and [EMAIL] at [IP]", 3, {"EMAIL": 2, "IP": 1})


def test_places_are_those_of_the_text_even_when_small_letters_are_longer() -> None:
    text = "İİİ password=hunter2"

    assert [text[span.start : span.end] for span in find(text)] == ["hunter2"]


def test_nested_values_are_masked_by_value_and_by_name() -> None:
    value = {
        "message": "mail a@b.example",
        "user": {"phone": 5558675309, "userId": "x", "age": 41, "active": True, "note": None},
        "hops": ["192.0.2.1", ("192.0.2.2", 7)],
        "password": "correct horse",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }

    masked, counts = mask(value)

    assert masked == {
        "message": "mail [EMAIL]",
        "user": {"phone": "[PHONE]", "userId": "[USER_ID]", "age": 41, "active": True, "note": None},
        "hops": ["[IP]", ("[IP]", 7)],
        "password": "[TOKEN]",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }
    assert counts == {"EMAIL": 1, "PHONE": 1, "USER_ID": 1, "IP": 2, "TOKEN": 1}
    assert value["password"] == "correct horse"


def test_keys_that_become_equal_keep_their_entries() -> None:
    masked, counts = mask({"a@b.example": 1, "c@d.example": 2})

    assert masked == {"[EMAIL]": 1, "[EMAIL] (2)": 2}
    assert counts == {"EMAIL": 2}


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["a@b.example", "192.0.2.7", "+91 98765 43210", "password=x1y2z3", "user_id=7", "::1", "[EMAIL]"]
        ),
        st.text(max_size=20),
    ),
    max_size=8,
).map(" ".join)


@given(LINES)
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask_text(text)

    assert mask_text(once.text).text == once.text


@given(LINES)
def test_spans_are_in_order_and_apart(text: str) -> None:
    spans = find(text)

    assert all(left.end <= right.start for left, right in pairwise(spans))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_the_more_dangerous_kind_wins_an_overlap() -> None:
    spans = [Span(PiiType.PHONE, 0, 9), Span(PiiType.TOKEN, 5, 12), Span(PiiType.EMAIL, 12, 20)]

    assert without_overlaps(spans) == spans[1:]
