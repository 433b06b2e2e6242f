"""The sidebar: the pages, and the incidents that are open."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from workbench.faces.panel import look
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import html
from workbench.faces.panel.pages import PAGES, Page
from workbench.faces.panel.router import Router

_MOST_LISTED = 8
_HANDED_ON = ("scope", "service", "from", "to")
"""Keys of the address that the pages of one group share: going from logs to traces keeps them."""


class Sidebar:
    """Lists `PAGES` and the latest incidents; marks the page that is shown."""

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._page: Page | None = None
        self._latest = list(wb.call("incidents", limit=_MOST_LISTED))
        self.view = html("")

    def show(self, page: Page | None) -> None:
        """Mark a page."""
        self._page = page
        self._draw()

    def changed(self, subjects: frozenset[str]) -> None:
        """List the incidents anew when one of them changed."""
        if "incidents" in subjects:
            self._latest = list(self._wb.call("incidents", limit=_MOST_LISTED))
            self._draw()

    def _draw(self) -> None:
        wanted = self._router.wanted()
        page = self._page
        marked = page.name if page and page.under is None else page.under if page else None
        groups: list[tuple[str, list[dict[str, Any]]]] = []
        for one in PAGES:
            if one.under is not None:
                continue
            if not groups or groups[-1][0] != one.group:
                groups.append((one.group, []))
            shared = one.group and page is not None and page.group == one.group
            keys = {key: wanted[key] for key in _HANDED_ON if shared and key in wanted}
            query = ({"page": one.name} if one.name else {}) | keys
            groups[-1][1].append(
                {"title": one.title, "icon": one.icon, "href": f"?{urlencode(query)}", "current": one.name == marked}
            )
        text = look.render("sidebar.html.j2", groups=groups, incidents=self._latest, current=wanted.get("incident", ""))
        if text != self.view.object:
            self.view.object = text
