"""Database files that a sink makes when they are not there."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.errors import SystemUnfit


def will_be_made(path: str) -> str:
    """Return one sentence about a file that is not there yet; '' when it is there.

    Raises:
        SystemUnfit: it is not there, and cannot be made.
    """
    if Path(path).exists():
        return ""
    folder = Path(path).resolve().parent
    if not folder.is_dir():
        raise SystemUnfit(path, "its folder is not there", hint=f"Make {folder}")
    if not os.access(folder, os.W_OK):
        raise SystemUnfit(path, "nothing may be written into its folder")
    return f"{path} is not there yet; the flow will make it."
