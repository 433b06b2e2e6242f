"""Causeway inside of a Jupyter server: every tool under Jupyter's own login, and the whole app behind its proxy."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "workbench.faces.lab"}]


def _load_jupyter_server_extension(server_app: Any) -> None:
    from workbench.faces.lab.handlers import add_handlers

    add_handlers(server_app)
