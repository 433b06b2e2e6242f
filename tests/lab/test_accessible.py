"""Widgets, the panel at the left and a flow as a document can be used by everybody, in both themes of JupyterLab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.lab.acts import has_kernel, has_nodes, in_cell, listed, run_command, side, write_flow, write_notebook
from tests.lab.jupyter import ROOT, Lab

pytestmark = [pytest.mark.lab, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
AXE = ROOT / "extensions" / "canvas" / "node_modules" / "axe-core" / "axe.min.js"
FIND = """selector => axe.run(selector, {resultTypes: ["violations"], rules: {region: {enabled: false}}}).then(
  result => result.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 160))]))"""
CELL = """from IPython.display import display
from workbench import open_workbench

wb = open_workbench({workspace!r})
one = wb.incident("INC-1")
parts = one.causes, one.evidence, one.timeline, one.topology, one.waterfall, one.curves, one.patterns
for part in (one, *parts, wb.incidents(), wb.runs(), wb.flow({flow!r})):
    display(part)"""


def faults(page: Any, *selectors: str) -> dict[str, Any]:
    """What axe finds wrong in parts of the page, by theme and part."""
    assert AXE.is_file(), "axe-core is not there; `python extensions/build.py test` installs it"
    page.evaluate(AXE.read_text())
    found = {}
    for theme in ("Light", "Dark"):
        run_command(page, "apputils:change-theme", theme=f"JupyterLab {theme}")
        page.locator(f".cw-root.is-{theme.lower()}").first.wait_for()
        found.update({f"{theme} {selector}": page.evaluate(FIND, selector) for selector in selectors})
    return {name: wrong for name, wrong in found.items() if wrong}


def test_widgets_and_the_panel_at_the_left(lab: Lab, visit: Callable[[str], Any]) -> None:
    path = write_flow(lab, "shown")
    page = visit(write_notebook(lab, "and_1"))
    has_kernel(page)
    side(page)
    listed(page, "unfold", "INC-1").click()

    in_cell(page, CELL.format(workspace=str(lab.workspace), flow=str(path)))
    page.locator('.jp-OutputArea .react-flow__node[data-id="slow"]').wait_for()

    assert faults(page, ".jp-OutputArea", ".cwl-Side") == {}


def test_a_flow_with_its_settings_open(lab: Lab, visit: Callable[[str], Any]) -> None:
    write_flow(lab, "open")
    page = visit("open.flow.json")
    has_nodes(page, 3)
    page.locator('.react-flow__node[data-id="read"]').click()
    page.locator(".cw-right").wait_for()

    assert faults(page, ".cwl-FlowPanel") == {}
