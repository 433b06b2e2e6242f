"""Tells the person in a corner of the page what was done, or what went wrong."""

from __future__ import annotations

import panel as pn
from markupsafe import escape


def tell(text: str) -> None:
    """Say for a few seconds that something was done."""
    if pn.state.notifications:
        pn.state.notifications.success(str(escape(text)), duration=4000)


def tell_error(text: str) -> None:
    """Say what went wrong, long enough to be read."""
    if pn.state.notifications:
        pn.state.notifications.error(str(escape(text)), duration=9000)
