"""The pages of the app, one line each: its name in the address, its title in the sidebar, the class that shows it.

A page is a class that takes `(wb, router)` and has `.view`. What it may have besides:

- `watches`: subjects of the tool `changes`; `async refresh()` is called when one of them changed (any, without it)
- `lively`: True has `refresh()` called at every turn, such as while something runs
- `act(act, of, value)`: somebody pressed `<button data-act="ACT" data-of="OF">` (or changed a box or a choice) in a
  pane of HTML; it may be async
- `on_query()`: the address changed, but not the page (Back, a link to another tab of it)
- `enliven()`: the browser shows the page; what takes long is added now
- `repaint()`: the theme changed; `router.dark` says to which
- `first_paint()`: plain HTML that is read while the scripts load
- `close()`: another page is shown
- `title`: what the tab of the browser says
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.router import Router


class View(Protocol):
    """What fills the page."""

    view: Any


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the app."""

    name: str
    """In the address: `?page=NAME`; '' is the page without one."""
    title: str
    shown_by: str
    """`module:Class` of this room (`explore.logs:LogsView`), or a function; imported when it is first shown."""
    icon: str = ""
    group: str = ""
    """Heading in the sidebar; pages of one group also hand their time range and service on."""
    keys: tuple[str, ...] = ()
    """Keys of the address that make it another page, such as `incident`; all others are the page's own state."""
    under: str | None = None
    """Name of the page that the sidebar marks instead; a page that names one is not listed itself."""

    def identity(self, wanted: dict[str, str]) -> tuple[str, ...]:
        """Return what has to stay the same for an address to be this page with other state."""
        return (self.name, *(wanted.get(key, "") for key in self.keys))

    def make(self, wb: Caller, router: Router) -> View:
        """Return a new view of the page."""
        module, _, name = self.shown_by.partition(":")
        made: View = getattr(import_module(f"{__package__}.{module}"), name)(wb, router)
        return made


PAGES: tuple[Page, ...] = (
    Page("", "Overview", "overview:OverviewView", icon="home"),
    Page("flows", "Flows", "flows:FlowsView", icon="flow"),
    Page("flow", "Flow", "flow:open_flow", keys=("flow",), under="flows"),
    Page("incidents", "Incidents", "incidents:IncidentsView", icon="alert"),
    Page("incident", "Incident", "incident:IncidentView", keys=("incident",), under="incidents"),
    Page("report", "Report", "incident:IncidentView", keys=("report",), under="reports"),
    Page("explain", "How we know", "explain:ExplainView", keys=("incident",), under="incidents"),
    Page("logs", "Logs", "explore.logs:LogsView", icon="list", group="Explore"),
    Page("metrics", "Metrics", "explore.metrics:MetricsView", icon="chart", group="Explore"),
    Page("traces", "Traces", "explore.traces:TracesView", icon="trace", group="Explore"),
    Page("sql", "SQL", "explore.sql:SqlView", icon="table", group="Explore"),
    Page("services", "Services", "explore.services:ServicesView", icon="hub", group="Explore"),
    Page("slos", "SLOs", "slos:SlosView", icon="target"),
    Page("reports", "Reports", "reports:ReportsView", icon="report"),
    Page("measured", "Measured", "measured:MeasuredView", icon="ruler"),
    Page("settings", "Settings", "settings:SettingsView", icon="gear"),
)
"""In the order of the sidebar. Another page is another line."""


def find(wanted: dict[str, str]) -> Page | None:
    """Return the page that an address names: by `page`, else by the key of an incident, a report or a flow."""
    name = wanted.get("page") or next((page.name for page in PAGES if wanted.get(page.name) and page.keys), "")
    return next((page for page in PAGES if page.name == name), None)


def identifying_keys() -> list[str]:
    """Return the keys of the address that decide which page it is."""
    return sorted({"page", *(key for page in PAGES for key in page.keys)})
