"""The app's one page: sidebar, views by address, theme; its first paint comes with the HTML, before any script."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.themes import Theme
from markupsafe import Markup, escape

from workbench.errors import CausewayError, NotFound, RetryLater
from workbench.faces.panel import look
from workbench.faces.panel.editor import FlowEditor
from workbench.faces.panel.evidence import EvidenceDrawer
from workbench.faces.panel.feed import TICK_MS, Feed
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import TEMPLATES, html
from workbench.faces.panel.notices import Notices
from workbench.faces.panel.overview import OverviewView
from workbench.faces.panel.pages import Page, View, find
from workbench.faces.panel.palette import Palette
from workbench.faces.panel.recording import record_for_reload_only
from workbench.faces.panel.router import Router
from workbench.faces.panel.service_map import ServiceMap
from workbench.faces.panel.sidebar import Sidebar
from workbench.faces.panel.telling import tell, tell_error
from workbench.faces.panel.working import Working

COMPONENTS = (FlowEditor, Palette, Router, ServiceMap)
"""All components of our own, loaded before any session. Panel tells a browser of a component that was first loaded
while a session was connected only once in a process: each other tab that was open already, and each page that is loaded
anew, would say that it does not know its type."""

record_for_reload_only()

_BAR = {
    ".MuiAppBar-root": {
        "backgroundColor": "var(--card)", "color": "var(--ink)", "boxShadow": "none", "backgroundImage": "none",
        "borderBottom": "1px solid var(--line)",
    },
    ".MuiAppBar-root .MuiTypography-root": {"color": "var(--ink)", "fontSize": "19px", "fontWeight": 650},
    ".MuiAppBar-root .MuiIconButton-root": {"color": "var(--ink)"},
    # Empty headings only keep a place; they are no part of what is read out.
    ".MuiToolbar-root > h5": {"visibility": "hidden"},
    "main": {"backgroundColor": "var(--ground)"},
    ".MuiDrawer-paper": {"backgroundImage": "none", "backgroundColor": "var(--card)", "borderColor": "var(--line)"},
}  # fmt: skip


class App:
    """One session of the app."""

    def __init__(self, wb: Caller) -> None:
        self._wb = wb
        self.router = Router(query=_query(), dark=_theme() == "dark")
        self.router.on_act = self._acted
        self._feed = Feed(wb)
        self._drawer = EvidenceDrawer(wb, self.router)
        self._side = Sidebar(wb, self.router)
        self._palette = Palette(wb)
        self._working = Working(wb)
        self._notices = Notices(wb, self.router)
        self._body = look.stack(margin=(20, 24, 32, 24), max_width=1640)
        self._current: View | None = None
        self._shown: tuple[str, ...] | None = None
        self.page = pmui.Page(
            title="Causeway",
            main=[
                html('<div id="content" tabindex="-1"></div>'),
                self._body,
                self.router,
                self._drawer.view,
                self._palette,
                self._notices.view,
            ],
            header=[self._search()],
            sidebar=[self._side.view, self._working.view],
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
        self.router.param.watch(lambda event: setattr(self.page, "sidebar_open", not event.new), "narrow")
        self.router.param.watch(lambda _: self.route(), "query")
        self.route()

    def route(self) -> None:
        """Show what the address names."""
        wanted = self.router.wanted()
        page = find(wanted)
        identity = page.identity(wanted) if page else ("", wanted.get("page", ""))
        if identity != self._shown:
            self._shown = identity
            self._show(page, wanted)
        elif not self.router.quiet:
            _tell(self._current, "on_query")
        self._side.show(page)
        if self.router.narrow:
            self.page.sidebar_open = False
        self._notices.arrived()
        self._drawer.show(wanted.get("evidence", ""))

    async def refresh(self) -> None:
        """Ask what changed, and have it shown."""
        # A workspace that changes hands is asked again at the next turn.
        with suppress(RetryLater):
            if not self._feed.due():
                return
            changed = await self._feed.changed()
            begun = time.monotonic()
            self._side.changed(changed)
            self._working.look()
            self._notices.changed(changed)
            view = self._current
            refresh = getattr(view, "refresh", None)
            wanted = changed & frozenset(getattr(view, "watches", changed)) or getattr(view, "lively", False)
            if refresh is not None and wanted:
                await refresh()
            self._feed.rest(time.monotonic() - begun)

    def _show(self, page: Page | None, wanted: dict[str, str]) -> None:
        _tell(self._current, "close")
        self._current = None
        try:
            if page is None:
                raise NotFound("page", wanted.get("page", ""))
            view = self._current = page.make(self._wb, self.router)
            self._body[:] = [view.view]
            _soon(lambda: _tell(view, "enliven") if view is self._current else None)
        except CausewayError as error:
            self._body[:] = [html(_error_page(str(error)))]
        title = getattr(self._current, "title", "") or (page.title if page else "")
        self.router.title = f"{title} · Causeway" if title else "Causeway"

    def _search(self) -> Any:
        def ask(_: Any) -> None:
            self._palette.asked += 1

        # Its label says the keys, so that they are learned by the way.
        return pmui.Button(
            label="Search  Ctrl+K", icon="search", variant="outlined", size="small", on_click=ask, align="center",
            margin=(0, 16, 0, 28), sx={"color": "var(--muted)", "borderColor": "var(--line)"},
        )  # fmt: skip

    async def _act(self, act: str, of: str) -> None:
        """Do what concerns the whole app and not only the page."""
        if act == "app:theme":
            self.router.dark = not self.router.dark
        elif act == "app:dismiss":
            self._notices.dismiss(of)
        elif act == "app:run":
            done = await asyncio.to_thread(self._wb.call, "flow_run", flow=of, wait=False)
            self.router.go(flow=of, tab="runs", run=done.run.run_id)
        elif act == "app:cancel":
            tell(self._working.cancel(of))
        elif act == "app:demo":
            self.router.go()
            if isinstance(self._current, OverviewView):
                await self._current.run_demo()

    def _acted(self, act: str, of: str, value: Any) -> None:
        told = getattr(self._current, "act", None)
        result: Any = None
        try:
            if act.startswith("app:"):
                result = self._act(act, of)
            elif told is not None:
                result = told(act, of, value)
        except CausewayError as error:
            tell_error(str(error))
            return
        if inspect.iscoroutine(result):
            waited = result

            async def go_on() -> None:
                try:
                    await waited
                except CausewayError as error:
                    tell_error(str(error))

            pn.state.execute(go_on)

    def _themed(self, event: Any) -> None:
        self.page.dark_theme = event.new
        # First the page itself changes, then what takes longer.
        _soon(lambda: _tell(self._current, "repaint"))

    def first_paint(self) -> str:
        """Return the answer as plain HTML, to be read while the scripts load."""
        paint = getattr(self._current, "first_paint", None)
        return str(paint()) if paint is not None else ""


def make_page(wb: Caller) -> pmui.Page:
    """Return the page of a new session, to be marked as servable."""
    pn.extension(
        notifications=True,
        disconnect_notification="Causeway stopped. Start it again, then open the address that it prints (or reload).",
    )
    app = App(wb)
    document = pn.state.curdoc
    if document is not None:
        # panel-material-ui leaves alone what a theme of the document names; ours is drawn in `charts`.
        document.theme = Theme(json={"attrs": {"Legend": {}, "Axis": {}, "Plot": {}, "Grid": {}}})
        document.template_variables["first_paint"] = Markup(app.first_paint())  # noqa: S704 - rendered with escaping
        document.template_variables["first_css"] = Markup(look.first_css())  # noqa: S704 - our own file
    if document is not None and document.session_context is not None:
        pn.state.add_periodic_callback(app.refresh, TICK_MS)
    return app.page


def _tell(view: View | None, what: str) -> None:
    """Call what a view may have, such as `close`."""
    told = getattr(view, what, None)
    if told is not None:
        told()


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
