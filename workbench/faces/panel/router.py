"""Keeps the address in the browser and the view in step."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import panel as pn
import param


class Router(pn.custom.JSComponent):  # type: ignore[misc]
    """An invisible component that knows the query of the address and the browser's wish for dark or light."""

    query = param.String(default="", doc="The query of the address, with its question mark, or ''.")
    dark = param.Boolean(default=False, doc="Whether the dark theme is shown.")

    _esm = Path(__file__).with_name("router.js")

    def __init__(self, **given: Any) -> None:
        super().__init__(width=0, height=0, margin=0, **given)

    def wanted(self) -> dict[str, str]:
        """Return the query as names and values; the token and the theme are nobody's view."""
        pairs = parse_qsl(self.query.lstrip("?"))
        return {name: value for name, value in pairs if name not in ("token", "theme")}

    def go(self, **query: str) -> None:
        """Show what a query names, and put it into the address."""
        self.query = f"?{urlencode(query)}" if query else ""
