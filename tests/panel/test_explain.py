"""The page that explains a verdict, in a real browser: the way to it, what it shows, and the way back."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def visit(tab: Any, address: str, query: str) -> None:
    tab.goto(f"{address}&{query}")
    tab.locator("#loader").wait_for(state="hidden")


def query_of(tab: Any) -> str:
    return str(tab.evaluate("location.search"))


def test_the_incident_leads_to_its_explanation_and_back(tab: Any, full: str) -> None:
    visit(tab, full, "incident=INC-1")

    tab.get_by_role("link", name="How do we know?").click()
    tab.get_by_role("heading", name="How we know").wait_for()
    explained = query_of(tab)
    tab.get_by_role("main").get_by_role("link", name="INC-1", exact=True).click()
    tab.get_by_role("heading", name="Key facts").wait_for()

    assert explained == "?page=explain&incident=INC-1"
    assert query_of(tab) == "?incident=INC-1"


def test_it_gives_the_reasoning_the_others_the_series_and_the_ledger(tab: Any, full: str) -> None:
    visit(tab, full, "page=explain&incident=INC-1")

    for section in ("reasoning", "why-not", "chain", "calls", "ledger"):
        tab.locator(f"#{section} h2").wait_for()
    tab.get_by_text("Why payments?").wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_statement_is_checked_again_without_leaving_the_page(tab: Any, full: str) -> None:
    visit(tab, full, "page=explain&incident=INC-1")

    statement = tab.locator("#ledger a").first
    statement.wait_for()
    name = statement.inner_text()
    assert name
    statement.click()

    tab.get_by_role("dialog").get_by_text(name).first.wait_for()
    assert f"evidence={name}" in query_of(tab)
    assert "page=explain" in query_of(tab)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param("page=explain&incident=INC-99", "no incident 'INC-99'", id="no-such-incident"),
        pytest.param("page=explain&incident=INC-2", "Nobody investigated it yet", id="not-investigated"),
        pytest.param("page=explain", "no incident is named", id="no-incident-named"),
    ],
)
def test_what_cannot_be_explained_is_said(tab: Any, full: str, query: str, says: str) -> None:
    visit(tab, full, query)

    tab.get_by_role("main").get_by_text(says).first.wait_for(timeout=10_000)
