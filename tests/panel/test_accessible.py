"""Every page of the app is looked at by axe-core in both themes, with a workspace that has something to show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "extensions" / "canvas" / "node_modules" / "axe-core" / "axe.min.js"
FLOW = "flow=error-rate-alert&tab"
TAB = "nav.tabs a[aria-current=page]"
PAGES = (
    ("", "h1:text-is('Overview')"),
    ("page=flows", "h1:text-is('Flows')"),
    (f"{FLOW}=runs", f"{TAB}:text('Runs')"),
    (f"{FLOW}=versions", f"{TAB}:text('Versions')"),
    (f"{FLOW}=letters", f"{TAB}:text('Failed rows')"),
    (f"{FLOW}=export", f"{TAB}:text('Export')"),
    ("page=incidents", "h1:text-is('Incidents')"),
    ("page=incidents&view=board", ".board"),
    ("incident=INC-1", ".cw-map a.cw-service"),
    ("page=logs", "h1:text-is('Logs')"),
    ("page=logs&view=patterns", "table.patterns"),
    ("page=metrics", "h1:text-is('Metrics')"),
    ("page=traces", "h1:text-is('Traces')"),
    ("page=sql", "h1:text-is('SQL')"),
    ("page=services", ".cw-map a.cw-service"),
    ("page=slos", "h1:text-is('Service-level objectives')"),
    ("page=reports", "h1:text-is('Reports')"),
    ("page=measured", "h1:text-is('How good it is')"),
    ("page=settings", "h1:text-is('Settings')"),
)
"""Address, and what is there once the page is."""
GO = """query => {
  const link = Object.assign(document.createElement("a"), {href: "?" + query});
  link.dataset.go = "";
  document.body.append(link);
  link.click();
  link.remove();
}"""
# The empty layer of the component library, into which nothing was put yet, is no part of the page.
RUN = """axe.run({exclude: ["[data-pmui-layer]"]}, {resultTypes: ["violations"]}).then(found => found.violations.map(
  one => [one.id, one.nodes.map(node => node.html.slice(0, 160))]))"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_pages_are_accessible(tab: Any, full: str, theme: str) -> None:
    assert AXE.is_file(), "axe-core is not there; `python extensions/build.py test` installs it"
    tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
    tab.goto(full)
    tab.locator("#loader").wait_for(state="hidden")
    tab.evaluate(AXE.read_text())
    found: dict[str, Any] = {}

    for query, there in PAGES:
        tab.evaluate(GO, query)
        # What was painted before the scripts came is still there, hidden.
        tab.locator(f"main {there}").first.wait_for(timeout=30_000)
        found[query] = tab.evaluate(RUN)
        if found[query]:
            # Colours may be on their way from one theme to the other.
            tab.wait_for_timeout(2000)
            found[query] = tab.evaluate(RUN)

    assert tab.evaluate("document.documentElement.dataset.theme") == theme
    assert {query: said for query, said in found.items() if said} == {}
