"""Keys and dragging in a real browser: `/` goes to the search, a card of the board to another state, or stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.panel.conftest import fill_workspace, served
from workbench import Workbench, open_workbench

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("gestures")
    with open_workbench(folder) as wb:
        assert isinstance(wb, Workbench)
        fill_workspace(wb)
    with served(folder) as shown:
        yield shown


def test_a_slash_goes_to_the_search_of_the_page(tab: Any, address: str) -> None:
    tab.goto(f"{address}&page=incidents")
    tab.locator("#loader").wait_for(state="hidden")
    search = tab.get_by_role("textbox", name="Words in title, service, owner or id")
    search.wait_for()

    tab.keyboard.press("/")
    tab.keyboard.type("a/b")

    assert search.input_value() == "a/b"


def test_a_card_is_dragged_to_where_it_may_go(tab: Any, address: str) -> None:
    tab.goto(f"{address}&page=incidents&view=board")
    tab.locator("#loader").wait_for(state="hidden")

    def column(state: str) -> Any:
        return tab.locator(f"main [data-drop={state}]")

    card = tab.locator("main [data-drag=INC-2]")
    assert column("open").locator("[data-drag=INC-2]").count() == 1

    card.drag_to(column("investigating"))
    column("investigating").locator("[data-drag=INC-2]").wait_for()
    card.drag_to(column("open"))
    tab.wait_for_timeout(500)

    assert column("investigating").locator("[data-drag=INC-2]").count() == 1
    assert tab.locator("main section.over").count() == 0
