"""What tests of the node editor in a real browser have in common: a flow, a server, and what a hand does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.ports import free_port, wait_for
from workbench.flow.graph import Flow

HERE = Path(__file__).parent
AXE = HERE.parents[1] / "extensions" / "canvas" / "node_modules" / "axe-core" / "axe.min.js"
NODES = {
    "read": ("sources.jsonlines", (0, 100)),
    "keep": ("tables.filter", (300, 100)),
    "write": ("sinks.jsonlines", (600, 100)),
    "also": ("sinks.jsonlines", (600, 260)),
}


def line() -> Flow:
    """read -> keep -> write, and a second sink that stands free."""
    settings: dict[str, dict[str, Any]] = {
        "read": {"path": "a.jsonl", "columns": {"level": "text"}},
        "keep": {"condition": "level == 'ERROR'"},
        "write": {"path": "out.jsonl"},
        "also": {"path": "other.jsonl"},
    }
    nodes = [
        {"id": name, "kind": kind, "position": place, "settings": settings[name]}
        for name, (kind, place) in NODES.items()
    ]
    edges = [{"source": "read", "target": "keep"}, {"source": "keep", "target": "write"}]
    return Flow.model_validate({"name": "line", "nodes": nodes, "edges": edges})


@contextmanager
def served(workspace: Path, flow: str) -> Iterator[str]:
    """Serve the editor on a page of its own; yields its address."""
    port = free_port()
    host = f"127.0.0.1:{port}"
    command = [
        sys.executable, "-m", "panel", "serve", str(HERE / "editor_app.py"), "--port", str(port),
        "--address", "127.0.0.1", "--allow-websocket-origin", host, "--args", str(workspace), flow,
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, "CAUSEWAY_USE_MODEL": "0"}) as server:
        try:
            wait_for(port, 120)
            yield f"http://{host}/editor_app"
        finally:
            server.terminate()
            try:
                server.wait(timeout=60)
            except subprocess.TimeoutExpired:
                # On a busy machine its children take long to end; nothing of it is needed any more.
                server.kill()


def opened(tab: Any, address: str, flow: str = "line") -> Any:
    tab.goto(f"{address}?flow={flow}")
    tab.get_by_role("option", name="Filter").first.wait_for(state="attached")
    return tab


def node(tab: Any, name: str) -> Any:
    return tab.locator(f'.react-flow__node[data-id="{name}"]')


def select(tab: Any, name: str, *, also: bool = False) -> None:
    """Bring a node into sight and click it once the view rests, with Ctrl if it is to be selected `also`."""
    in_sight(tab, node(tab, name))
    node(tab, name).click(modifiers=["Control"] if also else [])
    tab.locator(f'.react-flow__node[data-id="{name}"] .is-selected').wait_for()


def in_sight(tab: Any, part: Any) -> None:
    """Show all of the flow if a part of it lies behind a panel: a click there scrolls the canvas, which goes back."""
    box, stage = still(part), tab.locator(".cw-stage").bounding_box()
    sides = (("x", "width"), ("y", "height"))
    if any(box[at] < stage[at] or box[at] + box[size] > stage[at] + stage[size] for at, size in sides):
        tab.get_by_role("button", name="Show all").click()
        still(part)


def names(tab: Any) -> list[str]:
    return sorted(one.get_attribute("data-id") for one in tab.locator(".react-flow__node-step").all())


def wires(tab: Any) -> list[str]:
    return sorted(one.get_attribute("data-id") for one in tab.locator(".react-flow__edge").all())


def has_wires(tab: Any, *expected: str) -> None:
    """Wait until these wires are drawn and no others: those of a node that is measured anew are away for a moment."""
    deadline = time.monotonic() + 30
    while (found := wires(tab)) != sorted(expected):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def middle(of: Any) -> tuple[float, float]:
    box = of.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(tab: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    tab.mouse.move(*start)
    tab.mouse.down()
    tab.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=5)
    tab.mouse.move(*end, steps=5)
    tab.mouse.up()


def out_of(tab: Any, name: str) -> tuple[float, float]:
    return middle(node(tab, name).locator(".react-flow__handle-right"))


def into(tab: Any, name: str) -> tuple[float, float]:
    return middle(node(tab, name).locator(".react-flow__handle-left"))


def until(holds: Any, seconds: float = 30.0) -> None:
    """Wait for what is not on the page: the draft on disk."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def focused(tab: Any) -> str:
    """The node that has the keyboard."""
    return str(
        tab.evaluate("""() => { let one = document.activeElement;
        while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement; return one.dataset.id ?? ''; }""")
    )


def still(part: Any) -> dict[str, float]:
    """Wait until a part of the page has come to rest, and return where."""
    before, now = None, part.bounding_box()
    while now != before:
        part.page.wait_for_timeout(300)
        before, now = now, part.bounding_box()
    return dict(now)
