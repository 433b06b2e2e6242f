"""All incidents: found by filters and words, as pages or as a board; assigned, moved and merged together."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import panel_material_ui as pmui

from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import card, html, render, stack, wrapping
from workbench.faces.panel.router import Router, link
from workbench.faces.panel.telling import tell, tell_error
from workbench.facts.incident import INCIDENT_MOVES, IncidentState

_SIZE, _BOARD_SIZE = 50, 25
_SINCE = {"24h": 86_400, "7d": 7 * 86_400, "30d": 30 * 86_400, "90d": 90 * 86_400}
_BAR = {"background": "var(--accent-soft)", "padding": "10px", "border-radius": "8px"}
_LISTED = ("state", "severity", "service")
"""Keys of the address that hold several values, with commas."""


class IncidentsView:
    """Shows `find_incidents`; every filter stands in the address."""

    watches = ("incidents",)

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._picked: list[str] = []
        self._shown: list[str] = []
        self._filters, self._list = html(""), html("")
        self._search = pmui.TextInput(
            label="Words in title, service, owner or id", value=router.get("q"), size="small", width=300,
            margin=(0, 12, 8, 0), css_classes=["finds"],
        )  # fmt: skip
        self._search.param.watch(lambda event: self._put(q=event.new), "value")
        self._bulk = self._make_bulk()
        bar = wrapping(self._search, align_items="center", sizing_mode="stretch_width")
        self.view = stack(html("<h1>Incidents</h1>"), card("", bar, self._filters, self._bulk, self._list))
        self._show(self._ask())

    def on_query(self) -> None:
        """Show what the address asks for now."""
        self._search.value = self._router.get("q")
        self._show(self._ask())

    async def refresh(self) -> None:
        """Show the incidents as they are now."""
        self._show(await asyncio.to_thread(self._ask))

    def act(self, act: str, of: str, value: Any) -> None:
        """Change a filter, choose an incident, or move one on the board."""
        if act == "pick":
            self._pick([of], bool(value))
        elif act == "pick_all":
            self._pick(self._shown, bool(value))
            self._show(self._ask())
        elif act == "move" and value:
            self._together("move_incidents", state=IncidentState(value), incident_id=[of])
        elif act == "toggle":
            key, _, name = of.partition(":")
            known = self._values(key)
            self._put(**{key: ",".join([one for one in known if one != name] + [name] * (name not in known))})
        elif act in ("owner", "since", "service", "view"):
            self._put(**{act: of if act == "view" else str(value)})
        elif act == "clear":
            self._search.value = ""
            self._put(**dict.fromkeys((*_LISTED, "q", "owner", "since"), ""))

    def _put(self, **keys: str) -> None:
        self._router.put(p=None, **keys)
        self._show(self._ask())

    def _values(self, key: str) -> list[str]:
        return [one for one in self._router.get(key).split(",") if one]

    def _arguments(self) -> dict[str, Any]:
        wanted = self._router.wanted()
        given: dict[str, Any] = {key: self._values(key) for key in _LISTED} | {"text": wanted.get("q", "")}
        given["state"] = [one for one in given["state"] if one in list(IncidentState)]
        if "owner" in wanted:
            given["owner"] = "" if wanted["owner"] == "-" else wanted["owner"]
        if wanted.get("since") in _SINCE:
            given["since"] = datetime.fromtimestamp(time.time() - _SINCE[wanted["since"]], UTC).isoformat()
        return given

    def _ask(self) -> dict[str, Any]:
        given = self._arguments()
        if self._router.get("view") != "board":
            page = self._router.get("p", "1")
            found = self._wb.call("find_incidents", size=_SIZE, page=int(page) if page.isdecimal() else 1, **given)
            return {"found": found, "board": []}
        columns = [
            (state, self._wb.call("find_incidents", size=_BOARD_SIZE, **(given | {"state": [state]})))
            for state in map(IncidentState, given["state"] or IncidentState)
        ]
        return {"found": columns[0][1], "board": columns}

    def _show(self, asked: dict[str, Any]) -> None:
        found, wanted = asked["found"], self._router.wanted()
        self._shown = [one.incident_id for one in found.incidents]
        chosen = {key: self._values(key) for key in _LISTED}
        active = any(chosen.values()) or any(wanted.get(key) for key in ("q", "owner", "since"))
        text = render(
            "incident_filters.html.j2", found=found, chosen=chosen, wanted=wanted, since=_SINCE, active=active
        )
        if text != self._filters.object:
            self._filters.object = text
        pages = {
            number: link(**(wanted | {"p": str(number)})) for number in (found.page - 1, found.page + 1)
        }  # fmt: skip
        # Five columns without anything teach nobody how an incident comes about.
        drawn = active or any(column.total for _, column in asked["board"])
        template = "incident_board.html.j2" if asked["board"] and drawn else "incident_list.html.j2"
        self._list.object = render(
            template, found=found, board=asked["board"], picked=self._picked, pages=pages, moves=INCIDENT_MOVES,
            active=active, base=wanted,
        )  # fmt: skip
        self._bulk.visible = bool(self._picked) and not asked["board"]

    def _pick(self, incident_ids: list[str], wanted: bool) -> None:
        rest = [one for one in self._picked if one not in incident_ids]
        self._picked = rest + incident_ids * wanted
        self._chosen.object = f"<b>{len(self._picked)} chosen</b>"
        self._bulk.visible = bool(self._picked)

    def _make_bulk(self) -> Any:
        self._chosen = html("", sizing_mode=None, width=90)
        field: dict[str, Any] = {"size": "small", "margin": (0, 6, 0, 0)}
        button: dict[str, Any] = {"size": "small", "variant": "outlined", "margin": (0, 18, 0, 0)}
        owner = pmui.TextInput(label="Owner", width=150, **field)
        state = pmui.Select(label="State", options=[one.value for one in IncidentState][1:], width=165, **field)
        why = pmui.TextInput(label="Why (for the record)", width=200, **field)
        assign = pmui.Button(
            label="Assign", on_click=lambda _: self._together(
                "assign_incidents", incident_id=self._picked, owner=owner.value_input or ""
            ), **button,
        )  # fmt: skip
        move = pmui.Button(
            label="Move", on_click=lambda _: self._together(
                "move_incidents", state=state.value, incident_id=self._picked, why=why.value_input or ""
            ), **button,
        )  # fmt: skip
        merge = pmui.Button(label="Merge into the earliest", on_click=self._merge, **button)
        return wrapping(
            self._chosen, owner, assign, state, why, move, merge, align_items="center", visible=False,
            margin=(4, 0, 10, 0), styles=_BAR,
        )  # fmt: skip

    def _together(self, tool: str, **given: Any) -> None:
        from workbench.errors import CausewayError

        try:
            done = self._wb.call(tool, **given)
        except CausewayError as error:
            tell_error(str(error))
            return
        for name, why in done.refused.items():
            tell_error(f"{name}: {why}")
        if done.done:
            tell(f"{len(done.done)} changed")
        self._pick(list(self._picked), False)
        self._show(self._ask())

    def _merge(self, _: Any) -> None:
        from workbench.errors import CausewayError

        if len(self._picked) < 2:
            tell_error("Choose two incidents at least")
            return
        found = [self._wb.call("incident", incident_id=one).incident for one in self._picked]
        first = min(found, key=lambda one: (one.opened_unix_nano, one.incident_id)).incident_id
        try:
            done = self._wb.call(
                "merge_incidents", incident_id=first, other=[one for one in self._picked if one != first]
            )
        except CausewayError as error:
            tell_error(str(error))
            return
        tell(done.done)
        self._pick(list(self._picked), False)
        self._show(self._ask())
