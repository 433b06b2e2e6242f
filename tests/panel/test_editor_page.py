"""The node editor as a tab of the app: all of it is in the window, and its palette says that it is being filled."""

from __future__ import annotations

from typing import Any

import pytest

# It waits for the whole canvas, so it runs when nothing else does.
pytestmark = [pytest.mark.browser, pytest.mark.lab]
OUTSIDE = """parts => parts.filter(part => {
  const box = part.getBoundingClientRect();
  return box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth || box.height < 30;
}).map(part => part.className)"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_all_parts_of_the_editor_are_in_the_window(tab: Any, full: str, width: int, height: int) -> None:
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto(f"{full}&flow=error-rate-alert")
    tab.get_by_role("option", name="Csv file Read rows").wait_for()
    tab.get_by_role("tab", name="Problems").click()
    tab.locator(".react-flow__node").first.click()
    tab.locator(".cw-right").wait_for()

    parts = tab.locator(".cw-toolbar, .cw-palette, .cw-stage, .cw-right, .cw-bottom")

    assert parts.count() == 5
    assert parts.evaluate_all(OUTSIDE) == []
    assert tab.locator(".main-content").evaluate("page => page.scrollHeight - page.clientHeight") == 0
