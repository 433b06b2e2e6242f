"""The app's one page: sidebar, views by address, theme; its first paint comes with the HTML, before any script."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import panel as pn
import panel_material_ui as pmui
from bokeh.themes import Theme
from markupsafe import Markup, escape

from workbench.errors import CausewayError, RetryLater
from workbench.faces.panel import look
from workbench.faces.panel.evidence import EvidenceDrawer
from workbench.faces.panel.explain import ExplainView
from workbench.faces.panel.incident import IncidentView
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import TEMPLATES, html
from workbench.faces.panel.measured import MeasuredView
from workbench.faces.panel.overview import REFRESH_MS, OverviewView
from workbench.faces.panel.router import Router
from workbench.faces.panel.slos import SlosView

_MOST_LISTED = 12


class View(Protocol):
    """What fills the page."""

    view: Any


PAGES: dict[str, Callable[[Caller, Router], View]] = {
    "explain": ExplainView,
    "measured": MeasuredView,
    "slos": SlosView,
}
"""Pages beside the overview and the incidents, by their name in the address: `?page=measured`."""
_BAR = {
    ".MuiAppBar-root": {
        "backgroundColor": "var(--card)", "color": "var(--ink)", "boxShadow": "none", "backgroundImage": "none",
        "borderBottom": "1px solid var(--line)",
    },
    ".MuiAppBar-root .MuiTypography-root": {"color": "var(--ink)", "fontSize": "19px", "fontWeight": 650},
    ".MuiAppBar-root .MuiIconButton-root": {"color": "var(--ink)"},
    "main": {"backgroundColor": "var(--ground)"},
    ".MuiDrawer-paper": {"backgroundImage": "none", "backgroundColor": "var(--card)", "borderColor": "var(--line)"},
}  # fmt: skip


class App:
    """One session of the app."""

    def __init__(self, wb: Caller) -> None:
        self._wb = wb
        self.router = Router(query=_query(), dark=_theme() == "dark")
        self._drawer = EvidenceDrawer(wb, self.router)
        self._side = html("")
        self._body = look.stack(margin=(20, 24, 32, 24), max_width=1640)
        self._current: View | None = None
        self._shown: tuple[str, str, str] | None = None
        self.page = pmui.Page(
            title="Causeway",
            main=[self._body, self.router, self._drawer.view],
            sidebar=[self._side],
            sidebar_width=250,
            sidebar_resizable=False,
            theme_config=look.theme_config(),
            dark_theme=self.router.dark,
            theme_toggle=True,
            raw_css=[look.page_css()],
            sx=_BAR,
            template=str(TEMPLATES / "page.html.j2"),
            busy_indicator="linear",
        )
        self.page.param.watch(lambda event: setattr(self.router, "dark", event.new), "dark_theme")
        self.router.param.watch(self._themed, "dark")
        self.router.param.watch(lambda _: self.route(), "query")
        self.route()

    def route(self) -> None:
        """Show what the address names."""
        wanted = self.router.wanted()
        view = (wanted.get("incident", ""), wanted.get("report", ""), wanted.get("page", ""))
        if view != self._shown:
            self._shown = view
            self._show(*view)
        self._drawer.show(wanted.get("evidence", ""))

    async def refresh(self) -> None:
        """Ask again for what may have changed."""
        view = self._current
        if not isinstance(view, OverviewView):
            return
        # A workspace that changes hands is asked again at the next turn.
        with suppress(RetryLater):
            if await view.refresh() and view is self._current:
                self._sidebar("")

    def _show(self, incident_id: str, report_id: str, page: str) -> None:
        try:
            if page in PAGES:
                self._current = PAGES[page](self._wb, self.router)
            elif incident_id or report_id:
                self._current = IncidentView(self._wb, self.router, incident_id, report_id)
            else:
                self._current = OverviewView(self._wb, self.router)
            self._body[:] = [self._current.view]
            if isinstance(self._current, IncidentView):
                _soon(self._current.enliven)
        except CausewayError as error:
            self._current = None
            self._body[:] = [html(_error_page(str(error)))]
        self._sidebar(incident_id or report_id or page)

    def _sidebar(self, current: str) -> None:
        loose = [one for one in self._wb.call("reports", limit=_MOST_LISTED) if not one.incident_id]
        incidents = self._wb.call("incidents", limit=_MOST_LISTED)
        text = look.render("sidebar.html.j2", incidents=list(incidents), reports=loose[:5], current=current)
        if text != self._side.object:
            self._side.object = text

    def _themed(self, event: Any) -> None:
        self.page.dark_theme = event.new
        if isinstance(self._current, IncidentView):
            # First the page itself changes, then what takes longer.
            _soon(self._current.repaint)

    def first_paint(self) -> str:
        """Return the answer as plain HTML, to be read while the scripts load."""
        return self._current.first_paint() if isinstance(self._current, IncidentView) else ""


def make_page(wb: Caller) -> pmui.Page:
    """Return the page of a new session, to be marked as servable."""
    pn.extension(notifications=True, disconnect_notification="Causeway stopped. Start it again and reload.")
    app = App(wb)
    document = pn.state.curdoc
    if document is not None:
        # panel-material-ui leaves alone what a theme of the document names; ours is drawn in `charts`.
        document.theme = Theme(json={"attrs": {"Legend": {}, "Axis": {}, "Plot": {}, "Grid": {}}})
        document.template_variables["first_paint"] = Markup(app.first_paint())  # noqa: S704 - rendered with escaping
        document.template_variables["first_css"] = Markup(look.first_css())  # noqa: S704 - our own file
    if pn.state.served:
        pn.state.add_periodic_callback(app.refresh, REFRESH_MS)
    return app.page


def _soon(work: Callable[[], None]) -> None:
    """Do something when the browser has shown what there is."""
    document = pn.state.curdoc
    if document is None or document.session_context is None:
        work()
    elif pn.state.loaded:
        document.add_next_tick_callback(work)
    else:
        pn.state.onload(work)


def _query() -> str:
    location = pn.state.location
    found = str(location.search or "") if location is not None else ""
    if found:
        return found
    # The location is filled by the browser; before that, the request itself knows.
    pairs = [(name, value.decode()) for name, values in (pn.state.session_args or {}).items() for value in values]
    from urllib.parse import urlencode

    return f"?{urlencode(pairs)}" if pairs else ""


def _theme() -> str | None:
    """Return the theme that the address or the browser's cookie names, or None."""
    named = [value.decode() for value in (pn.state.session_args or {}).get("theme", [])]
    cookie = (pn.state.cookies or {}).get("causeway_theme")
    found = named[0] if named else cookie
    return found if found in ("dark", "light") else None


def _error_page(text: str) -> str:
    return (
        f'<h1>Nothing to show</h1><p class="error" role="alert">{escape(text)}</p>'
        '<p><a href="?" data-go>To the overview</a></p>'
    )
