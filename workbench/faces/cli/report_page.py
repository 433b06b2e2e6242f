"""Opens a written report in the browser, where there is one."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import click


def has_screen() -> bool:
    """Tell whether a person sits in front of a desktop that a browser could show on."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_report(files: Sequence[str]) -> bool:
    """Open the HTML file among `files`; returns False, and says where it is, when there is no browser."""
    page = next((Path(name) for name in files if name.endswith(".html")), None)
    if page is None:
        return False
    if has_screen() and webbrowser.open(page.resolve().as_uri()):
        return True
    click.echo(f"No browser here; open {page} yourself.", err=True)
    return False
