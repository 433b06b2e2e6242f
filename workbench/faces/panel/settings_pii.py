"""What is masked: the rules of the workspace to add, change, switch and remove, and a line to try them on."""

from __future__ import annotations

from typing import Any

import panel_material_ui as pmui
from markupsafe import escape

from workbench.errors import CausewayError
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import card, html, render, wrapping
from workbench.faces.panel.telling import tell

_SAMPLE = "ada@example.org called from 10.1.2.3, session_id=8f14e45fceea167a5a36"


class PiiSettings:
    """Shows `pii_rules` and writes with `pii_rule_set`; buttons of its table come to `act` as `pii-...`."""

    def __init__(self, wb: Caller) -> None:
        self._wb = wb
        self._table, self._masked = html(""), html("")
        self._said = html("")
        self._name = pmui.TextInput(
            label="Name", placeholder="EMPLOYEE_ID", size="small", width=200, margin=(4, 8, 4, 0)
        )
        self._pattern = pmui.TextInput(
            label="Pattern (regular expression)", placeholder=r"EMP-\d{5}", size="small", width=380, margin=(4, 8, 4, 0)
        )
        keep = pmui.Button(
            label="Save rule", size="small", variant="outlined", margin=(4, 0), on_click=lambda _: self.keep()
        )
        self._try = pmui.TextInput(
            label="Try a line", value=_SAMPLE, size="small", sizing_mode="stretch_width", margin=(10, 0, 4, 0)
        )
        self._try.param.watch(lambda _: self._mask(), "value")
        self.view = card(
            "What is masked",
            html(render("settings_pii.html.j2")),
            self._table,
            wrapping(self._name, self._pattern, keep, align_items="center"),
            self._said,
            self._try,
            self._masked,
        )
        self.show()

    def act(self, act: str, of: str, value: Any) -> None:
        """Switch a rule, take it into the fields, or remove it."""
        if act == "pii-on":
            self._do("pii_rule_set", name=of, turn="on" if value else "off")
        elif act == "pii-edit":
            self._name.value = self._name.value_input = of
            pattern = next((one.pattern for one in self._wb.call("pii_rules") if one.name == of), "")
            self._pattern.value = self._pattern.value_input = pattern
        elif act == "pii-remove":
            self._do("pii_rule_remove", name=of)

    def keep(self) -> None:
        """Add the rule in the fields, or change the one of its name."""
        name, pattern = ((one.value_input or one.value or "").strip() for one in (self._name, self._pattern))
        if self._do("pii_rule_set", name=name, pattern=pattern):
            tell(f"[{name}] is masked from now on")
            self._name.value = self._name.value_input = self._pattern.value = self._pattern.value_input = ""

    def show(self) -> None:
        """Show the rules as they are now."""
        self._table.object = render("pii_rules.html.j2", rules=list(self._wb.call("pii_rules")))
        self._mask()

    def _do(self, tool: str, **arguments: Any) -> bool:
        try:
            self._wb.call(tool, **arguments)
        except CausewayError as error:
            self._said.object = f'<p class="error" role="alert">{escape(str(error))}</p>'
            return False
        self._said.object = ""
        self.show()
        return True

    def _mask(self) -> None:
        self._masked.object = f"<pre>{escape(self._wb.call('pii_mask', line=self._try.value or '').masked)}</pre>"
