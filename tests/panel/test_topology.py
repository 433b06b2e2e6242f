"""Who calls whom on the pages of an incident and of services: a map that is only read, each service a link."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def at_map(tab: Any, full: str) -> Any:
    tab.goto(f"{full}&incident=INC-1")
    tab.locator("#loader").wait_for(state="hidden")
    tab.locator(".cw-map a.cw-service").first.wait_for()
    return tab


def test_the_map_shows_states_calls_and_the_failing_path(at_map: Any) -> None:
    states = {one.get_attribute("title").split(":")[0]: one.get_attribute("data-state")
              for one in at_map.locator(".cw-map a.cw-service").all()}  # fmt: skip

    assert states == {
        "gateway": "affected", "checkout": "affected", "payments": "cause", "cart": "healthy", "catalog": "healthy",
        "postgres": "healthy", "redis": "healthy",
    }  # fmt: skip
    assert at_map.locator(".cw-calls > path.is-failing").count() == 2
    assert sorted(at_map.locator(".cw-call.is-failing").all_inner_texts()) == ["60\n50 % failed"] * 2
    at_map.get_by_role("link", name="Who calls whom").click()
    expect(at_map.locator(".cw-map")).to_be_in_viewport(ratio=0.9)


def test_a_service_is_reached_by_keyboard_and_by_mouse_and_leads_to_its_page(at_map: Any) -> None:
    focused = at_map.locator(".cw-map a.cw-service:focus")
    at_map.locator(".cw-map a.cw-service[title^='gateway: affected']").focus()
    for _ in range(6):
        at_map.keyboard.press("Tab")
        if (focused.get_attribute("title") or "").startswith("payments: the cause"):
            break
    at_map.keyboard.press("Enter")
    at_map.get_by_role("heading", name="payments", exact=True).wait_for()
    assert "page=services" in at_map.url
    assert "service=payments" in at_map.url
    assert "from=" in at_map.url

    at_map.go_back()
    at_map.locator(".cw-map a.cw-service[title^='redis: healthy']").click()
    at_map.get_by_role("heading", name="redis", exact=True).wait_for()


def test_nothing_on_the_map_is_moved_and_the_wheel_scrolls_the_page(at_map: Any) -> None:
    stage = at_map.locator(".cw-map .cw-stage")
    stage.scroll_into_view_if_needed()
    node = at_map.locator('.cw-map .react-flow__node[data-id="cart"]')
    before = node.get_attribute("style")
    box = node.bounding_box()
    at_map.mouse.move(box["x"] + 20, box["y"] + 20)
    at_map.mouse.down()
    at_map.mouse.move(box["x"] + 90, box["y"] + 60, steps=4)
    at_map.mouse.up()
    at_map.keyboard.press("Delete")
    view = at_map.locator(".cw-map .react-flow__viewport")
    moved, top = view.get_attribute("style"), stage.bounding_box()["y"]
    at_map.mouse.move(box["x"] + 20, box["y"] + 20)
    at_map.mouse.wheel(0, 120)
    at_map.wait_for_timeout(600)

    assert node.get_attribute("style") == before
    assert at_map.locator(".cw-map a.cw-service").count() == 7
    assert view.get_attribute("style") == moved
    assert stage.bounding_box()["y"] < top
    at_map.get_by_role("button", name="Larger").click()
    expect(view).not_to_have_attribute("style", moved)


def test_services_are_on_the_same_map_as_they_do_now(tab: Any, full: str) -> None:
    tab.goto(f"{full}&page=services")
    tab.locator("#loader").wait_for(state="hidden")
    link = tab.locator(".cw-map a.cw-service", has_text="payments")
    link.wait_for()

    words = set(tab.locator(".cw-map .cw-legend li").all_inner_texts())
    link.focus()
    tab.keyboard.press("Enter")

    assert words <= {"Bad", "Watch", "As ever", "Quiet", "Calls that fail"}
    assert words
    tab.get_by_role("heading", name="payments", exact=True).wait_for()
    assert "service=payments" in tab.url
