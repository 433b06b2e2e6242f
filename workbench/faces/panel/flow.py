"""One flow: what it is for, whether it can run, and its runs, versions, failed rows and ways out, each in a tab."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import panel_material_ui as pmui

from workbench.errors import BadInput, NotFound
from workbench.faces.panel import look
from workbench.faces.panel.editor import BUNDLE
from workbench.faces.panel.flow_elsewhere import FlowElsewhere
from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import html, render, stack, wrapping
from workbench.faces.panel.pages import View
from workbench.faces.panel.router import Router
from workbench.faces.panel.telling import tell
from workbench.flow.graph import SUFFIX, Flow


class Part(Protocol):
    """What fills a tab; besides `view` it may have `refresh`, `act`, `on_query`, `repaint`, `close`, `lively`, and
    `fills`, which gives it what is left of the window."""

    view: Any


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab."""

    key: str
    """In the address: `&tab=KEY`."""
    title: str
    shown_by: str
    """`module:Class` of this room, which takes (wb, router, name, flow)."""

    def make(self, wb: Caller, router: Router, name: str, flow: Flow) -> Part:
        """Return a new view of the tab."""
        module, _, kind = self.shown_by.partition(":")
        made: Part = getattr(import_module(f"{__package__}.{module}"), kind)(wb, router, name, flow)
        return made


TABS: tuple[Tab, ...] = (
    Tab("editor", "Editor", "flow_editor:FlowEditorTab"),
    Tab("runs", "Runs", "flow_runs:FlowRuns"),
    Tab("versions", "Versions", "flow_versions:FlowVersionsTab"),
    Tab("letters", "Failed rows", "flow_letters:FlowLetters"),
    Tab("export", "Export", "flow_export:FlowExport"),
)
"""In order; the first one is shown when the address names none."""


def tabs_there() -> tuple[Tab, ...]:
    """Return the tabs that work here: a checkout in which nobody built the node editor has all others."""
    return tuple(tab for tab in TABS if tab.key != "editor" or BUNDLE.is_file())


def open_flow(wb: Caller, router: Router) -> View:
    """Return the page of a flow; of one that is not in the workspace, but has run, that of its runs.

    Raises:
        NotFound: there is neither such a flow nor a run of one.
        BadInput: the flow cannot be read, and has never run.
    """
    try:
        return FlowView(wb, router)
    except (NotFound, BadInput) as error:
        if not wb.call("runs", flow=router.get("flow"), limit=1).runs:
            raise
        return FlowElsewhere(wb, router, str(error))


_LEAST = "flex: 1 0 440px;"


class FlowView:
    """Shows a flow of the workspace, or a template as it is."""

    watches = ("flows", "runs", "dead_letters")

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._name = self.title = router.get("flow")
        self._flow = Flow.parse(wb.call("flow_show", flow=self._name), where=self._name)
        # Beside the buttons, as wide as they leave.
        self._head = html("", sizing_mode=None, styles={"flex": "1 1 360px", "min-width": "0"})
        self._about, self._tabs = html(""), html("")
        self._body = stack(stylesheets=[look.filling(_LEAST)])
        self._part: Part | None = None
        self._key = ""
        run = Job(
            wb, "Run", "flow_run", lambda: {"flow": self._name, "wait": False}, self._started, size="small",
            variant="contained", color="primary", icon="play_arrow",
        )  # fmt: skip
        check = Job(
            wb, "Check", "flow_check", lambda: {"flow": self._name}, self._checked, size="small", variant="outlined",
            icon="rule",
        )  # fmt: skip
        save = pmui.FileDownload(
            label="Download", callback=self._document, filename=self._name + SUFFIX, size="small", margin=(4, 8, 4, 0)
        )
        save.variant = "outlined"
        self._findings = html("")
        top = wrapping(self._head, run.button, check.button, save, align_items="center", margin=(0, 0, 2, 0))
        parts = (top, self._about, run.status, check.status, self._findings, self._tabs, self._body)
        self.view = stack(*parts, stylesheets=[look.filling(look.WINDOW)])
        self._show()

    @property
    def lively(self) -> bool:
        """True while the tab shows something that moves."""
        return bool(getattr(self._part, "lively", False))

    def on_query(self) -> None:
        """Show the tab that the address names now."""
        if self._wanted() != self._key:
            self._show()
        else:
            self._ask("on_query")

    async def refresh(self) -> None:
        """Show the flow and the tab as they are now."""
        shown = await asyncio.to_thread(self._wb.call, "flow_show", flow=self._name)
        self._flow = Flow.parse(shown, where=self._name)
        self._draw_head()
        refresh = getattr(self._part, "refresh", None)
        if refresh is not None:
            await refresh()

    def act(self, act: str, of: str, value: Any) -> Any:
        """Hand what was pressed to the tab."""
        told = getattr(self._part, "act", None)
        return None if told is None else told(act, of, value)

    def first_paint(self) -> str:
        """Return the head and the tabs as plain HTML."""
        return f"{self._head.object}{self._about.object}{self._tabs.object}"

    def repaint(self) -> None:
        """Hand the theme to the tab."""
        self._ask("repaint")

    def close(self) -> None:
        """Let the tab end what it keeps going."""
        self._ask("close")

    def _ask(self, what: str) -> None:
        told = getattr(self._part, what, None)
        if told is not None:
            told()

    def _wanted(self) -> str:
        wanted = self._router.get("tab")
        return wanted if any(tab.key == wanted for tab in tabs_there()) else tabs_there()[0].key

    def _show(self) -> None:
        self._ask("close")
        self._key = self._wanted()
        tab = next(tab for tab in TABS if tab.key == self._key)
        self._part = tab.make(self._wb, self._router, self._name, self._flow)
        self._body[:] = [self._part.view]
        self.view.css_classes = self._body.css_classes = ["fills"] if getattr(self._part, "fills", False) else []
        self._draw_head()

    def _draw_head(self) -> None:
        draft = self._wb.call("flow_draft", flow=self._name)
        waiting = len(self._wb.call("dead_letters", target=self._flow.name, waiting=True, limit=1000))
        self._head.object = render("flow.html.j2", flow=self._flow, name=self._name, draft=draft)
        self._about.object = render("flow_about.html.j2", flow=self._flow)
        self._tabs.object = render(
            "flow_tabs.html.j2",
            tabs=tabs_there(),
            name=self._name,
            current=self._key,
            badges={"letters": waiting or ""},
        )

    def _started(self, done: Any) -> None:
        tell(f"{done.run.run_id} is {done.run.status.value}")
        self._router.go(flow=self._name, tab="runs", run=done.run.run_id)

    def _checked(self, found: Any) -> None:
        self._findings.object = render("findings.html.j2", found=found)

    def _document(self) -> io.BytesIO:
        return io.BytesIO(str(self._wb.call("flow_show", flow=self._name)).encode())
