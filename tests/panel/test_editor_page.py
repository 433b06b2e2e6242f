"""The node editor as a tab of the app: all of it is in the window, in each of the tabs that are open."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.panel.conftest import served
from tests.panel.editing import in_sight

pytestmark = pytest.mark.browser
OUTSIDE = """parts => parts.filter(part => {
  const box = part.getBoundingClientRect();
  return box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth || box.height < 30;
}).map(part => part.className)"""
GO = """query => {
  const link = document.createElement("a");
  link.href = query;
  link.dataset.go = "";
  document.body.append(link);
  link.click();
}"""
LATE = """
import pkgutil
from bokeh.model import DataModel, Model
import workbench.faces.panel as room
import workbench.faces.panel.page

def known():
    return {name for name, kind in Model.model_class_reverse_map.items() if issubclass(kind, DataModel)}

before = known()
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    __import__(module.name)
print(sorted(known() - before), len(before) > 3)
"""
LAST_WORDS = """
from bokeh.util.warnings import BokehUserWarning, warn
import workbench.faces.panel.page
warn("reference already known 'p7'", BokehUserWarning)
warn("something else", BokehUserWarning)
"""


def test_no_component_is_first_loaded_by_a_page() -> None:
    said = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=True, timeout=120)

    assert said.stdout.strip() == "[] True"


def test_the_last_words_of_an_editor_leave_no_warning() -> None:
    said = subprocess.run(
        [sys.executable, "-c", LAST_WORDS], capture_output=True, text=True, check=True, timeout=120
    ).stderr

    assert "p7" not in said
    assert "something else" in said


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[str]:
    """A server that has shown no editor yet; asked for before `tab`, so that the tabs are closed first."""
    with served(tmp_path) as address:
        yield address


def test_tabs_that_were_open_before_the_first_editor_show_it_too(fresh: str, tab: Any) -> None:
    other, shown = tab.context.new_page(), tab.context.new_page()
    for one in (tab, other):
        one.goto(fresh)
        one.get_by_role("heading", name="Overview").first.wait_for()
        one.wait_for_function("() => window.Bokeh?.documents.some(one => one.is_idle)")
    # Loads the component, but shows another tab of the flow.
    tab.evaluate(GO, "?flow=error-rate-alert&tab=runs")
    tab.get_by_role("heading", name="error-rate-alert").first.wait_for()
    shown.goto(f"{fresh}&flow=error-rate-alert")
    for one in (tab, other):
        one.evaluate(GO, "?flow=error-rate-alert")

    for one in (shown, tab, other):
        one.locator(".react-flow__node").first.wait_for()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_all_parts_of_the_editor_are_in_the_window(tab: Any, full: str, width: int, height: int) -> None:
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto(f"{full}&flow=error-rate-alert")
    tab.get_by_role("option", name="CSV file Read rows").wait_for()
    tab.get_by_role("tab", name="Problems").click()
    step = tab.locator(".react-flow__node-step").first
    # The dock that was opened takes room from the canvas, which moves what is on it.
    in_sight(tab, step)
    step.click()
    tab.locator(".cw-right").wait_for()

    parts = tab.locator(".cw-toolbar, .cw-palette, .cw-stage, .cw-right, .cw-bottom")

    assert parts.count() == 5
    assert parts.evaluate_all(OUTSIDE) == []
    assert tab.locator(".main-content").evaluate("page => page.scrollHeight - page.clientHeight") == 0
