"""The canvas as a map that is only read: states in words and colours, the failing path, nothing that can be changed."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.faces.panel.editor import BUNDLE

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<style>html, body, #place { margin: 0; height: 100% }</style><div id="place"></div>
<script type="module">import canvas from "./canvas.js"; window.canvas = canvas;</script>"""
MAP = {
    "flow": {
        "name": "shop",
        "nodes": [{"id": name, "kind": "service"} for name in ("web", "cart", "pay")],
        "edges": [{"source": "web", "target": "cart"}, {"source": "web", "target": "pay"}],
    },
    "catalog": [],
    "readonly": True,
    "overlay": {
        "nodes": {"web": {"health": "degraded"}, "cart": {"health": "healthy"}, "pay": {"health": "broken"}},
        "edges": {"web>pay.rows": {"failing": True, "label": "42 % errors"}},
    },
}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def page(tab: Any, tmp_path: Path) -> Iterator[Any]:
    """An empty page with the module loaded and nothing behind it."""
    shutil.copy(BUNDLE, tmp_path / "canvas.js")
    (tmp_path / "index.html").write_text(PAGE)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tab.goto(f"http://127.0.0.1:{server.server_port}/index.html")
    tab.wait_for_function("window.canvas")
    yield tab
    server.shutdown()
    server.server_close()


def test_a_map_tells_states_and_the_failing_path_and_is_not_changed(page: Any) -> None:
    page.evaluate(
        "given => { window.changes = 0;"
        " canvas.createEditor(document.getElementById('place'), {...given, onChange: () => changes++}) }",
        MAP,
    )
    page.locator('.react-flow__node[data-id="pay"]').click()
    for keys in ("Delete", "Control+d", "a", "n", "l"):
        page.keyboard.press(keys)

    said = [one.get_attribute("aria-label") for one in page.locator(".react-flow__node").all()]
    assert [text.split(", ")[0] + " " + text.split(", ")[-1] for text in said] == [
        "web degraded",
        "cart healthy",
        "pay broken",
    ]
    assert page.locator(".cw-wire-label.is-failing").inner_text() == "42 % errors"
    assert page.locator(".react-flow__edge-path.is-failing").count() == 1
    assert page.evaluate("changes") == 0
    assert page.get_by_role("button", name="Undo").count() == 0
