"""The routes that the JupyterLab extension calls; Jupyter checks login, origin and XSRF token of each request."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web  # type: ignore[attr-defined]

from workbench import __version__
from workbench.core import find_tool, open_workbench
from workbench.errors import BadInput, CausewayError, NotFound, RetryLater

MOST_BYTES = 4_000_000


class Opener:
    """The workbench of this server: opened when first asked for, closed with the server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workbench: Any = None

    def workbench(self) -> Any:
        """Return it; raises what `open_workbench` raises."""
        with self._lock:
            if self._workbench is None:
                self._workbench = open_workbench()
            return self._workbench

    def close(self) -> None:
        """Give the workspace back."""
        with self._lock:
            if self._workbench is not None:
                self._workbench.close()
                self._workbench = None


class Handler(APIHandler):  # type: ignore[misc]
    """What both routes share."""

    def initialize(self, opener: Opener) -> None:
        """Keep what opens the workbench."""
        super().initialize()
        self.opener = opener

    def refuse(self, status: int, message: str, code: str) -> None:
        """Answer with one sentence for people, as Jupyter's own routes do, and a code for programs."""
        self.set_status(status)
        self.finish(json.dumps({"message": message, "code": code}))


class CallHandler(Handler):
    """`POST causeway/call/NAME` with a JSON object of arguments calls a tool."""

    @web.authenticated  # type: ignore[untyped-decorator]
    async def post(self, name: str) -> None:
        """Call it in a thread: a tool may take its time, and Jupyter must go on."""
        try:
            if len(self.request.body) > MOST_BYTES:
                raise BadInput(f"the body is larger than {MOST_BYTES:,} bytes", where=name)
            arguments = json.loads(self.request.body or b"{}")
            if not isinstance(arguments, dict) or not arguments.keys().isdisjoint({"on_progress", "as_call"}):
                raise BadInput("the body has to be an object of arguments", where=name)
            answer = await asyncio.to_thread(self._answer, name, arguments)
        except ValueError as error:
            self.refuse(400, f"{name}: the body is not JSON: {error}", "bad-input")
        except CausewayError as error:
            self.refuse(_status(error), str(error), error.code)
        else:
            self.set_header("Cache-Control", "no-store")
            self.finish(answer)

    def _answer(self, name: str, arguments: dict[str, Any]) -> bytes:
        tool = find_tool(name)
        return bytes(tool.result.dump_json(self.opener.workbench().call(name, **arguments)))


class AboutHandler(Handler):
    """`GET causeway/about` tells which workspace this is, and where the files of this server lie."""

    @web.authenticated  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """Answer with plain facts."""
        try:
            workbench = await asyncio.to_thread(self.opener.workbench)
        except CausewayError as error:
            self.refuse(_status(error), str(error), error.code)
            return
        root = self.settings.get("server_root_dir", "")
        self.finish(json.dumps({"version": __version__, "workspace": str(workbench.path), "root": str(root)}))


def add_handlers(server_app: Any) -> None:
    """Add the routes to a Jupyter server, and close the workspace when the server ends."""
    opener = Opener()
    base = server_app.web_app.settings["base_url"]
    routes = [
        (url_path_join(base, "causeway", "call", r"(\w+)"), CallHandler, {"opener": opener}),
        (url_path_join(base, "causeway", "about"), AboutHandler, {"opener": opener}),
    ]
    server_app.web_app.add_handlers(".*", routes)
    # atexit runs when Jupyter has ended its kernels; a run of a flow is then stopped in order.
    import atexit

    atexit.register(opener.close)


def _status(error: CausewayError) -> int:
    if isinstance(error, NotFound):
        return 404
    return 503 if isinstance(error, RetryLater) else 422
