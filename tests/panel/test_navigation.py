"""The sidebar, the registry of pages and the address as state: without a browser, then in one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.panel.conftest import fill_workspace
from workbench import Workbench, open_workbench

pytestmark = pytest.mark.slow


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        yield opened


class Recorded:
    """A page that writes down what it is told."""

    watches = ("incidents",)

    def __init__(self, wb: Any, router: Any) -> None:
        from workbench.faces.panel.look import html

        self.router = router
        self.told: list[str] = []
        self.view = html(f"<h1>{router.get('service', 'all')}</h1>")

    def __getattr__(self, name: str) -> Any:
        if name in ("on_query", "enliven", "repaint", "close"):
            return lambda: self.told.append(name)
        raise AttributeError(name)

    async def refresh(self) -> None:
        self.told.append("refresh")


def app_with_page(wb: Workbench, monkeypatch: pytest.MonkeyPatch, query: str) -> Any:
    from workbench.faces.panel import page, pages, sidebar

    one = pages.Page("one", "One", "overview:OverviewView", group="Explore", keys=("trace",))
    two = pages.Page("two", "Two", "overview:OverviewView", group="Explore")
    monkeypatch.setattr(pages.Page, "make", lambda self, wb, router: Recorded(wb, router))
    for module in (pages, sidebar):
        monkeypatch.setattr(module, "PAGES", (*pages.PAGES, one, two))
    app = page.App(wb)
    app.router.query = query
    return app


def test_a_page_keeps_its_state_in_the_address_and_is_not_built_anew(
    wb: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_with_page(wb, monkeypatch, "?page=one&service=cart&theme=dark")
    shown = app._current

    app.router.put(service="front", level="error")
    assert app.router.query == "?page=one&service=front&level=error"
    app.router.put(level=None)

    assert app.router.query == "?page=one&service=front"
    assert app._current is shown
    assert "on_query" not in shown.told
    assert app.router.replace


def test_an_address_with_other_state_is_told_and_one_of_another_page_closes_it(
    wb: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_with_page(wb, monkeypatch, "?page=one&trace=1")
    shown = app._current

    app.router.go(page="one", trace="1", service="cart")
    assert shown.told == ["enliven", "on_query"]
    app.router.go(page="one", trace="2")

    assert app._current is not shown
    assert shown.told == ["enliven", "on_query", "close"]


def test_a_view_is_refreshed_when_something_that_it_watches_changed(
    wb: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_with_page(wb, monkeypatch, "?page=one")
    fill_workspace(wb)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, app.refresh()).result()

    assert app._current.told == ["enliven", "refresh"]
    assert "INC-1" in app._side.view.object


def test_pages_of_a_group_hand_on_what_was_looked_at(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with_page(wb, monkeypatch, "?page=one&service=a b&from=1&level=error")

    assert 'href="?page=two&amp;service=a+b&amp;from=1"' in app._side.view.object
    app.router.put(service="cart")
    assert 'href="?page=two&amp;service=cart&amp;from=1"' in app._side.view.object
    app.router.go()
    assert 'href="?page=two"' in app._side.view.object


def test_a_page_that_is_not_there_is_said(wb: Workbench) -> None:
    from workbench.faces.panel.page import App

    app = App(wb)
    app.router.go(page="nowhere")

    assert "no page &#39;nowhere&#39;" in app._body[0].object


def test_every_page_of_the_registry_opens_in_an_empty_workspace_or_says_what_is_missing(wb: Workbench) -> None:
    from workbench.faces.panel.page import App
    from workbench.faces.panel.pages import PAGES

    app = App(wb)
    for page in PAGES:
        app.router.go(page=page.name)

        assert app._current is not None or 'role="alert"' in app._body[0].object
        assert bool(app._current) == (not page.keys), page.name


@pytest.mark.browser
def test_the_keyboard_walks_the_sidebar_and_keeps_its_place(tab: Any, full: str) -> None:
    tab.goto(full)
    tab.locator("#loader").wait_for(state="hidden")
    link = tab.get_by_role("navigation", name="Pages").get_by_role("link", name="SLOs")
    link.focus()

    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="Service-level objectives").wait_for()

    tab.wait_for_function("document.title === 'SLOs · Causeway'")
    assert link.get_attribute("aria-current") == "page"
    tab.wait_for_function(
        "() => { let one = document.activeElement; while (one && one.shadowRoot) one = one.shadowRoot.activeElement;"
        " return one && one.textContent.trim() === 'SLOs'; }"
    )
    tab.go_back()
    tab.get_by_role("heading", name="Overview").wait_for()


@pytest.mark.browser
def test_another_tab_sees_what_changed(tab: Any, full: str) -> None:
    tab.goto(full + "&incident=INC-2")
    tab.locator("#loader").wait_for(state="hidden")
    other = tab.context.new_page()
    other.goto(tab.url.split("?")[0])
    other.get_by_role("heading", name="Latest incidents").first.wait_for()

    token = full.split("token=")[1]
    address = full.split("?")[0] + "api/v1/tools/move_incident"
    answer = tab.request.post(
        address, headers={"Authorization": f"Bearer {token}"}, data={"incident_id": "INC-2", "state": "resolved"}
    )

    assert answer.ok, answer.text()
    other.get_by_role("navigation", name="Latest incidents").get_by_text("resolved").wait_for()
