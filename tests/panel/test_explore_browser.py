"""Looking around in a real Chromium: narrowing, zooming, from a line to its trace, SQL, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pyarrow as pa
import pytest

from tests.panel.conftest import fill_workspace, served
from tests.panel.editing import still
from tests.store.explore.conftest import T0, span
from workbench import Workbench, open_workbench
from workbench.semconv import Table
from workbench.store import sources, telemetry

pytestmark = [pytest.mark.browser, pytest.mark.slow]
S = 1_000_000_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("explore")
    with open_workbench(folder) as wb:
        assert isinstance(wb, Workbench)
        source_id = sources.register(wb.store, kind="simulator", uri="shop", scope="shop").source_id
        seconds = list(range(120))
        lines = {
            "time_unix_nano": [T0 + second * S for second in seconds],
            "service_name": ["cart" if second % 2 else "web" for second in seconds],
            "severity_number": [17 if second == 61 else 9 for second in seconds],
            "severity_text": ["ERROR" if second == 61 else "INFO" for second in seconds],
            "body": ["pool exhausted" if second == 61 else f"GET /items/{second}" for second in seconds],
            "trace_id": ["t1" if second == 61 else "" for second in seconds],
        }
        telemetry.append(wb.store, Table.LOGS, pa.table(lines), source_id=source_id)
        rows = [span("t1", "a", "", "web", "GET /items", 61_000, 90), span("t1", "b", "a", "cart", "load", 61_005, 60)]
        telemetry.append(wb.store, Table.SPANS, pa.Table.from_pylist(rows), source_id=source_id)
    with served(folder) as address:
        yield address


def visit(tab: Any, address: str, query: str) -> None:
    tab.goto(f"{address}&{query}")
    tab.locator("#loader").wait_for(state="hidden")


def lines(tab: Any) -> Any:
    """Return the lines that are shown; those of the first paint are still in the page, but hidden."""
    return tab.locator("details.line > summary").filter(visible=True)


def query_of(tab: Any) -> dict[str, str]:
    return dict(parse_qsl(str(tab.evaluate("location.search"))[1:]))


def test_from_a_search_to_a_line_to_its_trace_and_back(tab: Any, shop: str) -> None:
    visit(tab, shop, "page=logs")
    box = tab.get_by_role("textbox", name="Search")
    box.fill("level>=error")
    box.press("Enter")
    tab.wait_for_url("**q=level**")

    lines(tab).first.click()
    tab.get_by_role("link", name="Its trace", exact=True).click()
    tab.get_by_role("heading", name="web: GET /items").wait_for()
    tab.locator("canvas").first.wait_for()
    assert query_of(tab)["trace"] == "t1"

    tab.go_back()
    tab.get_by_role("heading", name="Logs", exact=True).wait_for()
    assert query_of(tab) == {"page": "logs", "q": "level>=error"}


def test_marking_a_part_of_the_bars_zooms(tab: Any, shop: str) -> None:
    visit(tab, shop, "page=logs")
    canvas = tab.locator(".bk-events").first
    canvas.wait_for()
    place = canvas.bounding_box()
    middle = place["y"] + place["height"] / 2
    tab.mouse.move(place["x"] + place["width"] * 0.4, middle)
    tab.mouse.down()
    tab.mouse.move(place["x"] + place["width"] * 0.6, middle, steps=8)
    tab.mouse.up()

    tab.wait_for_url("**from=2025-10-09**")
    assert query_of(tab)["from"] < query_of(tab)["to"]


def test_a_statement_is_run_and_drawn_and_its_address_shared(tab: Any, shop: str) -> None:
    visit(tab, shop, "page=sql")
    box = tab.get_by_label("One reading statement")
    box.fill("SELECT service_name, count(*) AS n FROM logs GROUP BY 1 ORDER BY 1")
    box.press("Shift+Enter")

    tab.get_by_role("cell", name="cart").wait_for()
    tab.get_by_role("heading", name="Chart").wait_for()
    assert query_of(tab)["sql"].startswith("SELECT service_name")


def test_the_keyboard_alone_opens_a_line_and_a_service(tab: Any, shop: str) -> None:
    visit(tab, shop, "page=logs&service=cart&q=exhausted")
    lines(tab).first.focus()
    tab.keyboard.press("Enter")
    link = tab.get_by_role("link", name="The service", exact=True)
    link.focus()
    tab.keyboard.press("Enter")

    tab.get_by_role("heading", name="cart", exact=True).wait_for()
    assert query_of(tab) == {"page": "services", "service": "cart"}


def test_a_long_statement_is_cancelled_and_leaves_nothing_of_the_one_before(tab: Any, shop: str) -> None:
    visit(tab, shop, "page=sql&sql=SELECT service_name, count(*) AS lines FROM logs GROUP BY ALL")
    tab.get_by_role("heading", name="Chart").wait_for()
    box = tab.get_by_label("One reading statement; Shift+Enter runs it")

    box.fill("SELECT count(*) FROM range(3000000000) a, range(1000) b")
    tab.get_by_role("button", name="Run", exact=True).click()
    tab.get_by_role("button", name="Cancel").first.click()

    tab.get_by_role("status").filter(has_text="Cancelled.").wait_for()
    tab.get_by_role("heading", name="Chart").wait_for(state="hidden")
    assert tab.get_by_role("button", name="Cancel").first.is_disabled()
    box.fill("SELEC 1")
    box.press("Shift+Enter")
    assert "LINE 1: SELEC 1\n        ^" in tab.get_by_role("alert").filter(has_text="Parser Error").inner_text()
    assert tab.get_by_role("button", name="Cancel").first.is_disabled()


def test_a_state_that_one_tab_gives_an_incident_is_seen_in_the_other(tab: Any, tmp_path: Path) -> None:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        fill_workspace(opened)
    with served(tmp_path / "workspace") as address:
        other = tab.context.new_page()
        visit(tab, address, "incident=INC-1")
        visit(other, address, "page=incidents&view=board")
        tab.get_by_role("button", name="Investigate", exact=True).click()

        other.get_by_role("region", name="investigating").get_by_text("INC-1").wait_for()
        other.close()
        tab.goto("about:blank")


def test_on_a_narrow_screen_bars_have_the_width_of_their_card(tab: Any, shop: str) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    visit(tab, shop, "page=logs")
    bars = tab.locator(".bk-Figure").first
    bars.wait_for()

    box = tab.get_by_role("textbox", name="Search").bounding_box()

    assert still(bars)["width"] >= box["width"]


def test_on_a_narrow_screen_a_bar_that_wraps_has_air_between_its_lines(tab: Any, shop: str) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    visit(tab, shop, "page=flows")

    name = still(tab.locator("fieldset").filter(has_text="Name of a new flow").filter(visible=True))
    button = still(tab.get_by_role("button", name="New flow"))

    assert button["y"] - (name["y"] + name["height"]) >= 4
