"""How fast the node editor is: `python benchmarks/canvas.py` opens flows in Chromium, drags a node, and prints.

Opening is from the call that makes the editor to the first frame with nodes and wires; frames are those while a node is
dragged in the view that the editor opens with. Nodes have no places, which is the slower case. Processor time is
that of the page's process: it tells on a busy machine what the clock cannot.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import random
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
BUNDLE = ROOT / "workbench" / "resources" / "canvas" / "causeway-canvas.js"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<style>html, body, #place { margin: 0; height: 100% }</style><div id="place"></div>
<script type="module">import canvas from "./canvas.js"; window.canvas = canvas;</script>"""
OPEN = """async ([flow, catalog]) => {
  const place = document.getElementById("place");
  place.replaceChildren();
  window.editor?.destroy();
  const begin = performance.now();
  window.editor = canvas.createEditor(place, { flow, catalog });
  const frame = () => new Promise(requestAnimationFrame);
  const drawn = () => [".cw-step", ".react-flow__edge-path"].every((one) => place.querySelector(one));
  while (!drawn()) await frame();
  await frame();
  return performance.now() - begin;
}"""
FRAMES = """() => { window.frames_ = []; let last = performance.now(); window.counting = true;
  const tick = (now) => { frames_.push(now - last); last = now; if (window.counting) requestAnimationFrame(tick); };
  requestAnimationFrame(tick); }"""


def make_flow(count: int, seed: int = 1) -> dict[str, Any]:
    """Return a flow of so many nodes in chains that fork and meet."""
    draw = random.Random(seed)
    nodes: list[dict[str, Any]] = [{"id": "n0", "kind": "sources.csv_file"}]
    edges: list[dict[str, str]] = []
    for number in range(1, count):
        kind = draw.choice(["tables.filter", "tables.select", "text.enrich", "windows.tumbling", "tables.concat"])
        nodes.append({"id": f"n{number}", "kind": kind, "settings": {"condition": f"x > {number}"}})
        edges.append({"source": f"n{draw.randrange(max(0, number - 12), number)}", "target": f"n{number}"})
    return {"name": f"flow of {count}", "nodes": nodes, "edges": edges}


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """Serve a folder on a free port of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def renderers() -> set[Path]:
    """Return the processes below this one that draw pages, as folders of /proc; none where there is no /proc."""
    parents: dict[str, str] = {}
    found: set[Path] = set()
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[place.name] = (place / "stat").read_text().rpartition(")")[2].split()[1]
            if b"--type=renderer" in (place / "cmdline").read_bytes():
                found.add(place)
    return {place for place in found if str(os.getpid()) in _above(place.name, parents)}


def _above(process: str, parents: dict[str, str]) -> Iterator[str]:
    while process in parents:
        process = parents[process]
        yield process


def seconds(processes: set[Path]) -> float:
    """Return the processor time that processes have used so far."""
    total = 0.0
    for process in processes:
        with suppress(OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def measure(page: Any, count: int, catalog: list[dict[str, Any]], own: set[Path]) -> str:
    """Return one line of the table."""
    flow = make_flow(count)
    used = seconds(own)
    opened = [page.evaluate(OPEN, [flow, catalog]) for _ in range(3)]
    page.wait_for_timeout(500)
    opening = (seconds(own) - used) / 3 * 1000
    drawn = page.locator(".react-flow__node-step")
    box = drawn.nth(drawn.count() // 2).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    used = seconds(own)
    for step in range(100):
        page.mouse.move(x + (step % 50) * 4 - 100, y + (step % 20) * 4)
    frames = page.evaluate("() => { window.counting = false; return frames_.slice(2) }")
    dragging = (seconds(own) - used) / max(1, len(frames)) * 1000
    page.mouse.up()
    ordered = sorted(frames)
    slow = ordered[int(len(ordered) * 0.95)]
    frame = median(frames)
    return (
        f"{count:5} {median(opened):9.0f} {opening:9.0f} {frame:11.1f} {slow:9.1f} {1000 / frame:9.0f} {dragging:11.1f}"
    )


def main() -> None:
    """Print the table."""
    from playwright.sync_api import sync_playwright

    from workbench.flow.catalog import load_catalog

    catalog = [json.loads(node.describe().model_dump_json()) for node in load_catalog().values()]
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        shutil.copy(BUNDLE, Path(place) / "canvas.js")
        (Path(place) / "index.html").write_text(PAGE)
        server = serve(Path(place))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
        page.wait_for_function("window.canvas")
        print(f"bundle {BUNDLE.stat().st_size / 1000:.0f} kB")
        print("nodes   open ms    CPU ms    frame ms   95th ms  frames/s  CPU/frame ms")
        for count in [int(one) for one in sys.argv[1:]] or [50, 200, 500]:
            print(measure(page, count, catalog, renderers()), flush=True)
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
