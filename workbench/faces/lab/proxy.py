"""Tells jupyter-server-proxy how to start the app, so that it opens in a tab with no flags."""

from __future__ import annotations

import secrets
import sys
from typing import Any

NAME = "causeway-app"


def setup() -> dict[str, Any]:
    """Return the entry; the app answers to nobody who does not come through Jupyter's login.

    Jupyter checks login and origin of each request, WebSockets too. Then the proxy puts its own host, origin and a
    token that only it knows into the request, and the guard of the app lets in nothing else: no page of another origin
    may call it, and no other user of this machine gets in by the port.
    """
    token = secrets.token_urlsafe(32)
    here = "127.0.0.1:{port}"
    return {
        "command": [sys.executable, "-m", "workbench.faces.rest", "--host", "127.0.0.1", "--port", "{port}"],
        # Not on the command line, which every user of the machine can read.
        "environment": {"CAUSEWAY_SERVE_TOKEN": token},
        "request_headers_override": {
            "Authorization": f"Bearer {token}",
            "Host": here,
            "Origin": f"http://{here}",
        },
        "absolute_url": False,
        "new_browser_tab": True,
        # It starts in some seconds; a laptop that is busy with a run needs longer.
        "timeout": 300,
        # The extension has a card of its own, with the incidents beside it.
        "launcher_entry": {"enabled": False, "title": "Causeway"},
    }
