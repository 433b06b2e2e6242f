"""`causeway serve`: the app on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from workbench.faces.cli.report_page import has_screen
from workbench.faces.cli.run import workspace_of


@click.command("serve")
@click.option("--host", help="Address to listen on. [default: 127.0.0.1, or the setting `host`]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; the next free one when busy. [default: 5077]")
@click.option("--open/--no-open", "browser", default=True, help="Open a browser, where there is one.")
@click.pass_obj
def command(context: dict[str, object], host: str | None, port: int | None, browser: bool) -> None:
    """Serve the app on this machine.

    The address that is printed holds a token; only who has it gets in. Ctrl-C ends the server.
    """
    run_server(workspace_of(context), host, port, browser)


def run_server(workspace: Path, host: str | None, port: int | None, browser: bool, query: str = "") -> None:
    """Become the server; ends with Ctrl-C.

    Faces do not know each other, so the server is started as a program of its own, in this process's place.
    """
    words = ["--workspace", str(workspace)]
    words += ["--host", host] if host else []
    words += ["--port", str(port)] if port else []
    words += ["--query", query] if query else []
    words += ["--open"] if browser and has_screen() else []
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "workbench.faces.rest", *words])  # noqa: S606 - no shell wanted
