"""What a person types into a search becomes a condition with parameters, or one sentence that says what is wrong."""

from __future__ import annotations

import pytest

from workbench.errors import BadInput
from workbench.store.db import Store
from workbench.store.explore.language import MOST_CHARACTERS, Condition, parse
from workbench.store.explore.logs import FIELDS, LogFilter, search


def rows(store: Store, text: str) -> list[int]:
    """Return the places, from 0, of the lines that fit."""
    return sorted(line.row_id % 2**36 for line in search(store, LogFilter(text=text)).lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", list(range(10)), id="empty"),
        pytest.param("timeout", [1, 9], id="word-in-any-case"),
        pytest.param('"get /items"', [0, 4, 7], id="quoted"),
        pytest.param("service:cart", [1, 3, 5, 7, 9], id="field"),
        pytest.param("service:cart,web", list(range(10)), id="list"),
        pytest.param("service:c*", [1, 3, 5, 7, 9], id="wildcard"),
        pytest.param('service:"c*"', [], id="no-wildcard-in-quotes"),
        pytest.param("-service:cart", [0, 2, 4, 6, 8], id="not"),
        pytest.param("NOT service:cart", [0, 2, 4, 6, 8], id="not-as-word"),
        pytest.param("service!=cart", [0, 2, 4, 6, 8], id="unequal"),
        pytest.param("level:error", [1, 9], id="level-is-a-band"),
        pytest.param("level:error,warn", [1, 2, 9], id="levels"),
        pytest.param("level>=error", [1, 5, 9], id="level-and-above"),
        pytest.param("level>error", [5], id="level-above"),
        pytest.param("level<warn", [0, 3, 4, 6, 7, 8], id="level-below"),
        pytest.param("level<=debug", [6, 8], id="level-and-below"),
        pytest.param("level:none", [8], id="no-level"),
        pytest.param("level:17", [1, 9], id="level-as-number"),
        pytest.param("get -health", [0, 4, 7], id="and-not"),
        pytest.param("timeout OR memory", [1, 5, 9], id="or"),
        pytest.param("service:web (items OR cache)", [0, 4, 6], id="parentheses"),
        pytest.param("-(service:web OR level>=error)", [3, 7], id="not-of-parentheses"),
        pytest.param("get AND items service:cart", [7], id="and"),
        pytest.param("trace:*", [0, 1, 4], id="has-a-value"),
        pytest.param("-trace:*", [2, 3, 5, 6, 7, 8, 9], id="has-none"),
        pytest.param("body:memory", [5], id="body"),
        pytest.param("slow_query", [2], id="underscore-is-no-wildcard"),
        pytest.param("100%", [2], id="percent-is-no-wildcard"),
        pytest.param("@http.status_code:404", [7], id="attribute"),
        pytest.param("@http.status_code>=400", [7], id="attribute-as-number"),
        pytest.param("@user:a*", [7], id="attribute-with-wildcard"),
        pytest.param("-@user:ann level:info", [0, 3, 4], id="attribute-that-most-do-not-have"),
        pytest.param("' OR 1=1 --", [], id="no-sql"),
    ],
)
def test_what_a_search_finds(store: Store, lines: int, text: str, expected: list[int]) -> None:
    assert rows(store, text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("servce:cart", r"no field 'servce'; there are service, .*quote it: \"servce:cart\"", id="unknown"),
        pytest.param("http://x", "no field 'http'", id="address"),
        pytest.param('"timed out', "a quote is not closed", id="quote"),
        pytest.param("(a OR b", r"a '\(' has no '\)'", id="open"),
        pytest.param("a )", r"a '\)' has no '\('", id="close"),
        pytest.param("level:loud", "level: no level 'loud'. Levels: trace", id="level"),
        pytest.param("level>=warn,error", "wants one level", id="two-levels"),
        pytest.param("service>cart", "service is text: it knows : and !=, not >", id="text-is-not-ordered"),
        pytest.param("service:", "after service: a value is missing", id="no-value"),
        pytest.param("row:x", "row: wants a number, not 'x'", id="number"),
        pytest.param("a OR", "OR needs a word on both sides", id="or-at-the-end"),
        pytest.param("NOT", "after NOT or - a word is missing", id="not-alone"),
        pytest.param("@a>b", "@a> wants a number, not 'b'", id="attribute-number"),
        pytest.param("x" * (MOST_CHARACTERS + 1), "at most 4,000 are read", id="long"),
        pytest.param("a " * 101, "more than 100 words", id="many"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse(text, FIELDS, within="body")


def test_what_was_typed_is_never_part_of_the_statement() -> None:
    found = parse("""service:"x' OR '1'='1" @a'b:'c'""", FIELDS, within="body")

    assert found == Condition("(service_name = ?) AND (contains(lower(body), ?))", ("x' OR '1'='1", "@a'b:'c'"))
    assert parse("@a.b:c", FIELDS, within="body") == Condition(
        "coalesce(json_extract_string(attributes, ?), '') = ?", ('$."a.b"', "c")
    )
