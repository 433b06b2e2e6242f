"""Settings: the model, where things lie, what is masked, sources, the theme, keys; each value says where it is from."""

from __future__ import annotations

import json
from typing import Any

import panel_material_ui as pmui
from markupsafe import escape

from workbench.errors import CausewayError
from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import card, html, render, stack, wrapping
from workbench.faces.panel.router import Router
from workbench.faces.panel.settings_pii import PiiSettings
from workbench.faces.panel.telling import tell, tell_error

KEYS = (
    ("Ctrl+K", "Command palette: go to any page, incident, flow or service, or do something"),
    ("/", "To the search of the page"),
    ("Tab, Shift+Tab", "From control to control; the first one skips to the page"),
    ("Enter", "Follow a link, press a button"),
    ("Space", "Press a button, choose a box"),
    ("Esc", "Close the palette or the evidence"),
    ("Alt+←, Alt+→", "Back and forward, as for any page"),
    ("Mouse wheel", "Zoom a chart, once its wheel tool is chosen"),
)


class SettingsView:
    """Shows `settings_show` and writes with `settings_set`."""

    watches = ("settings", "telemetry")

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._model, self._table, self._sources = html(""), html(""), html("")
        self._pii = PiiSettings(wb)
        look_again = Job(
            wb, "Look for a model", "model_status", dict, self._show_model, size="small", variant="outlined",
        )  # fmt: skip
        self._name = pmui.Select(label="Setting", size="small", width=220, margin=(0, 8, 0, 0))
        self._value = pmui.TextInput(label="Value", size="small", width=260, margin=(0, 8, 0, 0))
        self._name.param.watch(lambda event: self._chosen(event.new), "value")
        save = pmui.Button(label="Save", size="small", variant="contained", color="primary", on_click=self._save)
        dark = pmui.Switch(label="Dark theme", value=router.dark, margin=(2, 0))
        dark.param.watch(lambda event: setattr(router, "dark", event.new), "value")
        folder = wb.call("overview", limit=1).workspace
        self.view = stack(
            html("<h1>Settings</h1>"),
            card("Model", self._model, look_again.button, look_again.status),
            card(
                "All settings",
                html(render("settings_where.html.j2", folder=folder)),
                wrapping(self._name, self._value, save, align_items="center", margin=(0, 0, 8, 0)),
                self._table,
            ),
            self._pii.view,
            card("Sources", self._sources),
            card("Look", dark),
            card("Keys", html(render("settings_keys.html.j2", keys=KEYS))),
        )
        self._show()

    def enliven(self) -> None:
        """Look whether a model answers; that may take two seconds."""
        self._show_model(self._wb.call("model_status"))

    async def refresh(self) -> None:
        """Show what was changed elsewhere."""
        self._show()
        self._pii.show()

    def act(self, act: str, of: str, value: Any) -> None:
        """Choose a setting of the table, or do something to a rule."""
        if act == "edit":
            self._name.value = of
        else:
            self._pii.act(act, of, value)

    def _show(self) -> None:
        self._found = {one.name: one for one in self._wb.call("settings_show")}
        self._name.options = list(self._found)
        self._table.object = render("settings.html.j2", settings=list(self._found.values()))
        self._sources.object = render("settings_sources.html.j2", sources=list(self._wb.call("sources", limit=20)))
        if not self._name.value:
            self._name.value = next(iter(self._found))
        self._chosen(self._name.value)

    def _chosen(self, name: str) -> None:
        value = self._found[name].value
        self._value.value = value if isinstance(value, str) else json.dumps(value)

    def _save(self, _: Any) -> None:
        try:
            done = self._wb.call("settings_set", name=self._name.value, value=self._value.value_input or "")
        except CausewayError as error:
            tell_error(str(error))
            return
        tell(done.text())
        self._show()

    def _show_model(self, found: Any) -> None:
        self._model.object = f'<p role="status">{escape(found.text())}</p>'
