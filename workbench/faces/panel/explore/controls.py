"""The bar above every page for looking around: search, stretch of time, data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import panel_material_ui as pmui

from workbench.faces.panel.explore.state import Address, Choice, range_words
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import html, render, stack, wrapping

_ALL = "All data sets"


class SearchBar:
    """A box for the search text, the stretch of time as links, and the data set when there are several."""

    def __init__(self, wb: Caller, address: Address, *, label: str, placeholder: str, key: str = "q") -> None:
        self._address, self._key = address, key
        self._times = html("")
        self.box = pmui.TextInput(
            label=f"{label}, such as {placeholder}", value=address.get(key), size="small", sizing_mode="stretch_width",
            min_width=200, margin=(0, 10, 6, 0), css_classes=["finds"], styles={"flex": "1 1 240px"},
        )  # fmt: skip
        self.box.param.watch(self._typed, "value")
        scopes = _scopes(wb)
        self._scope = pmui.Select(
            label="Data set", options=[_ALL, *scopes], value=address.get("scope") or _ALL, size="small", width=220,
            margin=(0, 0, 6, 0), visible=len(scopes) > 1,
        )  # fmt: skip
        self._scope.param.watch(self._chosen, "value")
        row = wrapping(self.box, self._scope, sizing_mode="stretch_width", margin=0)
        self.view = stack(row, self._times, margin=(0, 0, 10, 0))
        self._quiet = False

    def show(self, start: int | None, end: int | None, tabs: Sequence[Choice] = (), *, timed: bool = True) -> None:
        """Show the stretch of time that was looked at and, where it is `timed`, others; take over the address."""
        self._quiet = True
        try:
            self.box.value = self._address.get(self._key)
            wanted = self._address.get("scope") or _ALL
            if wanted in self._scope.options:
                self._scope.value = wanted
        finally:
            self._quiet = False
        self._times.object = render(
            "explore/times.html.j2", presets=self._address.presets() if timed else [],
            moves=self._address.moves(start, end),
            said=range_words(start, end), tabs=tabs,
        )  # fmt: skip

    def _typed(self, event: Any) -> None:
        if not self._quiet and event.new.strip() != self._address.get(self._key):
            self._address.go(**{self._key: event.new.strip()})

    def _chosen(self, event: Any) -> None:
        if not self._quiet:
            self._address.go(scope=None if event.new == _ALL else event.new)


def _scopes(wb: Caller) -> list[str]:
    return list(dict.fromkeys(one.scope for one in wb.call("sources", limit=1000)))


def heading(text: str) -> Any:
    """Return the heading of a page."""
    return html(render("explore/heading.html.j2", text=text))


def beside(width: int, most: int | None = None) -> str:
    """Return the style of a column whose first part stands left of the others, so many pixels wide.

    With `most` it is up to so many where the window is wide. With the CSS class `alone` it has all of the width.
    """
    wide = f"clamp({width}px, 22vw, {most or width}px)"
    return f""":host {{ display: grid !important; grid-template-columns: {wide} minmax(0, 1fr); gap: 16px;
  align-items: start; }}
:host(.alone) {{ grid-template-columns: minmax(0, 1fr); }}
@media (max-width: 900px) {{ :host {{ grid-template-columns: minmax(0, 1fr); }} }}"""
