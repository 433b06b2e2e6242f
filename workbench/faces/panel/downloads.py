"""A button that hands a file to the browser, made when it is pressed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui


def download(label: str, made: Callable[[], str | bytes], filename: str) -> Any:
    """Return a small outlined button; `made` gives the content when it is pressed."""

    def content() -> io.BytesIO:
        found = made()
        return io.BytesIO(found if isinstance(found, bytes) else found.encode())

    button = pmui.FileDownload(label=label, callback=content, filename=filename, size="small", margin=(0, 8, 0, 0))
    # As an argument it collides with a default of the class.
    button.variant = "outlined"
    return button
