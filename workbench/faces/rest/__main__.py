"""`python -m workbench.faces.rest`: what `causeway serve` starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from workbench.core import workspace_folder
from workbench.errors import CausewayError
from workbench.faces.rest.server import serve
from workbench.settings import Settings

TOKEN = "CAUSEWAY_SERVE_TOKEN"  # noqa: S105 - the name of the variable


@click.command()
@click.option("--workspace", type=click.Path(path_type=Path))
@click.option("--host")
@click.option("--port", type=int)
@click.option("--query", default="")
@click.option("--open", "browser", is_flag=True)
def main(workspace: Path | None, host: str | None, port: int | None, query: str, browser: bool) -> None:
    """Serve the app and the API until Ctrl-C."""
    # A proxy in front, such as Jupyter's, brings its own token; nobody else shall read it in a log.
    token = os.environ.pop(TOKEN, "")
    announce = (lambda _: click.echo("Causeway is ready.")) if token else None
    folder = workspace_folder(workspace)
    try:
        settings = Settings.load(folder)
        serve(
            folder, host or settings.host, port or settings.port, browser, query=query, announce=announce, token=token
        )
    except CausewayError as error:
        click.echo(f"causeway: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main(prog_name="causeway serve")
