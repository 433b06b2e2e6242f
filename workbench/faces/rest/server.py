"""Serves the app and the API in one process on this machine, behind the guard."""

from __future__ import annotations

import logging
import secrets
import socket
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from workbench import __version__
from workbench.errors import BadInput, CausewayError
from workbench.faces.rest.api import Caller, tool_routes
from workbench.faces.rest.events import event_routes
from workbench.faces.rest.guard import Guard
from workbench.faces.rest.health import Startup, health_routes
from workbench.faces.rest.openapi import describe_all
from workbench.faces.rest.problems import of_error
from workbench.faces.rest.quiet import hear_nothing_of_gone_tabs

if TYPE_CHECKING:
    from workbench.core import RemoteWorkbench, Workbench

APP = Path(__file__).parents[2] / "app.py"
MOST_PORTS = 50
PARTS = ("workspace", "app", "first page")


def make_app(workbench: Caller, *, token: str, hosts: list[str], cookie: str, startup: Startup) -> ASGIApp:
    """Return the ASGI application: API, health and, when it is there, the app; all behind the guard."""
    api = FastAPI(
        title="Causeway", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json"
    )
    api.include_router(health_routes(startup))
    api.include_router(tool_routes(workbench))
    api.include_router(event_routes(workbench))
    describe_all(api)
    api.add_exception_handler(CausewayError, lambda request, error: of_error(error, request.url.path))
    with startup.part("app"):
        _add_panel(api, workbench, hosts)
    return Guard(api, token=token, hosts=hosts, cookie=cookie)


def serve(
    workspace: Path | None,
    host: str = "127.0.0.1",
    port: int = 5077,
    open_browser: bool = True,
    *,
    query: str = "",
    announce: Callable[[str], None] | None = None,
    token: str = "",
) -> None:
    """Serve until Ctrl-C.

    Args:
        workspace: The folder; None takes the usual one.
        host: Address to listen on.
        port: First port to try; the next free one is taken.
        open_browser: Open a browser when the first page is ready.
        query: What the address that is announced asks for, such as `?incident=INC-1`.
        announce: Told the address with the token, once; None writes it to standard output.
        token: What lets a request in; a new one when it is empty.

    Raises:
        BadInput: no port is free, or the address is not one of this machine.
    """
    import uvicorn

    from workbench.core import open_workbench

    startup = Startup(PARTS)
    listener = listen(host, port)
    try:
        with startup.part("workspace"):
            workbench = open_workbench(workspace)
    except BaseException:
        listener.close()
        raise
    with workbench, listener:
        number = int(listener.getsockname()[1])
        token = token or secrets.token_urlsafe(32)
        app = make_app(
            workbench, token=token, hosts=host_names(host, number), cookie=f"causeway_{number}", startup=startup
        )
        # The access log of uvicorn would hold the token of the first request.
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            ws="websockets-sansio",
        )
        server = uvicorn.Server(config)
        # A browser tab that closes while it is written to is no news.
        logging.getLogger("asyncio").setLevel(logging.ERROR)
        hear_nothing_of_gone_tabs()
        base = f"http://{_shown(host)}:{number}/"
        address = f"{base}?token={token}" + (f"&{query.lstrip('?')}" if query else "")
        (announce or _announce)(address)
        args = (workbench, base, token, startup, address if open_browser else "")
        threading.Thread(target=_warm, args=args, daemon=True).start()
        # Ctrl-C is how a server ends, not an error.
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket on the first free port from `port` on.

    Raises:
        BadInput: none of `MOST_PORTS` ports is free, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last: OSError | None = None
    for number in range(port, min(port + MOST_PORTS, 65536)):
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, number))
            found.listen(128)
        except OSError as error:
            found.close()
            last = error
            continue
        return found
    raise BadInput(
        f"cannot listen on {host}, ports {port} to {port + MOST_PORTS - 1}: {last}",
        where="causeway serve",
        hint="Name another --port, or an address of this machine with --host",
    )


def host_names(host: str, port: int) -> list[str]:
    """Return what the Host header may say."""
    names = {"127.0.0.1", "localhost", "[::1]", _shown(host)} - {"0.0.0.0", "[::]"}  # noqa: S104 - nobody asks for these
    return sorted(f"{name}:{port}" for name in names)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _add_panel(api: FastAPI, workbench: Caller, hosts: list[str]) -> None:
    import panel as pn
    from panel.io.fastapi import add_applications

    # The scripts of a library are served only if it was imported before the routes are made.
    import_module("panel_material_ui")

    # The app's sessions share the workbench of this process instead of calling it over its socket.
    pn.state.as_cached("workbench", lambda: workbench)
    add_applications({"/": str(APP)}, app=api, title="Causeway", websocket_origins=hosts)


def _warm(workbench: Workbench | RemoteWorkbench, base: str, token: str, startup: Startup, address: str) -> None:
    """Ask for the first page, then get ready for the first run, so that no person waits for imports and templates."""
    request = urllib.request.Request(base, headers={"Authorization": f"Bearer {token}", "Accept": "text/html"})  # noqa: S310
    try:
        with startup.part("first page"), urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            answer.read()
    except OSError:
        # `startup` has the reason; the server itself goes on.
        return
    if address:
        webbrowser.open(address)
    # Last, since it takes a core for some seconds.
    workbench.get_ready()


def _announce(address: str) -> None:
    sys.stdout.write(f"Causeway is at {address}\nCtrl-C ends it.\n")
    sys.stdout.flush()


__all__: list[Any] = ["host_names", "listen", "make_app", "serve"]
