"""Keeps the address in the browser and the view in step: the query of the address is the state of the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import panel as pn
import param

_NOBODYS = ("token", "theme")


class Router(pn.custom.JSComponent):  # type: ignore[misc]
    """An invisible component that knows the query of the address and the browser's wish for dark or light."""

    query = param.String(default="", doc="The query of the address, with its question mark, or ''.")
    dark = param.Boolean(default=False, doc="Whether the dark theme is shown.")
    narrow = param.Boolean(default=False, doc="Whether the window is so narrow that the sidebar lies over the page.")
    replace = param.Boolean(default=False, doc="Whether the next query takes the place of this one in the history.")
    title = param.String(default="Causeway", doc="What the tab of the browser says.")

    _esm = Path(__file__).with_name("router.js")

    def __init__(self, **given: Any) -> None:
        super().__init__(width=0, height=0, margin=0, **given)
        self.quiet = False
        """True while a page changes its own keys: it knows them already."""
        self.on_act: Callable[[str, str, Any], None] = lambda act, of, value: None
        """Told what somebody pressed in a pane of HTML: `data-act`, `data-of`, and the value of a box or a choice."""

    def _handle_msg(self, message: dict[str, Any]) -> None:
        self.on_act(str(message.get("act", "")), str(message.get("of", "")), message.get("value"))

    def wanted(self) -> dict[str, str]:
        """Return the query as names and values; the token and the theme are nobody's view."""
        pairs = parse_qsl(self.query.lstrip("?"))
        return {name: value for name, value in pairs if name not in _NOBODYS}

    def get(self, name: str, default: str = "") -> str:
        """Return the value of one key of the address."""
        return self.wanted().get(name, default)

    def go(self, **query: str) -> None:
        """Show what a query names, and put it into the address; Back returns to what was shown before."""
        self.replace = False
        self.query = link(**query)

    def put(self, **keys: str | None) -> None:
        """Change keys of the page that is shown; it stays as it is, and the history too. None or '' removes a key.

        The address is then a link to the page in this state.
        """
        merged = self.wanted() | {name: value or "" for name, value in keys.items()}
        self.replace = True
        self.quiet = True
        try:
            self.query = link(**{name: value for name, value in merged.items() if value})
        finally:
            self.quiet = False


def link(**query: str) -> str:
    """Return an address within the app, such as `?page=logs&service=cart`; '?' alone is the overview."""
    return f"?{urlencode(query)}" if query else ""
